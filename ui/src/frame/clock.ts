// The time on the screens: one tick shared by everything that shows an age.
import { useEffect, useState } from "react";

/** Now, renewed at every full minute. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      const rest = 60_000 - (Date.now() % 60_000) + 20;
      timer = setTimeout(() => {
        setNow(new Date());
        wait();
      }, rest);
    };
    wait();
    return () => clearTimeout(timer);
  }, []);
  return now;
}
