// Follows each letter typed in the search field until the list that answers it is painted. `window.__painted` gets one entry
// for each: milliseconds since the key event until the page had the letter, the question left, the answer came, the list
// stood in the page, the frame began, and the frame was drawn. A stage that a page does not have is null.
window.__painted = [];
let pressed = 0;
let letter = null;
const since = () => performance.now() - letter.at;
const shown = () => document.querySelector("[data-query]")?.dataset.query;

const look = () => {
  if (!letter || letter.stands !== null || shown() !== letter.text) return;
  letter.stands = since();
  const done = letter;
  requestAnimationFrame(() => {
    done.frame = performance.now() - done.at;
    // The first task after the frame. Not by a message channel: WebKit leads its messages through another process.
    setTimeout(() => {
      window.__painted.push({ ...done, painted: performance.now() - done.at });
      window.__onPainted?.();
    });
  });
};

document.addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
document.addEventListener(
  "input",
  (event) => {
    if (!event.target.matches("[data-search-field]")) return;
    letter = { text: event.target.value, at: pressed, taken: null, asked: null, told: null, stands: null, frame: null };
    letter.taken = since();
  },
  true,
);
// The bridge to the shell is a fetch of the command's name.
const fetched = window.fetch;
window.fetch = async (...request) => {
  const search = /^ipc:.*\/search$/.test(String(request[0]?.url ?? request[0]));
  const mine = letter;
  if (search && mine) mine.asked ??= since();
  const answer = await fetched(...request);
  if (search && mine && mine === letter) mine.told ??= since();
  return answer;
};
new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["data-query"] });
