// The sound of a wrong tube: made here, from no file, and silent where the desktop has no sound.

/** Two low tones, which nobody takes for the scanner's own beep. */
export function soundAlarm() {
  if (typeof AudioContext === "undefined") return;
  try {
    const context = new AudioContext();
    const level = context.createGain();
    level.gain.value = 0.2;
    level.connect(context.destination);
    [0, 0.24].forEach((start) => {
      const tone = context.createOscillator();
      tone.type = "square";
      tone.frequency.value = 196;
      tone.connect(level);
      tone.start(context.currentTime + start);
      tone.stop(context.currentTime + start + 0.18);
      if (start > 0) tone.onended = () => void context.close();
    });
  } catch {
    // No sound device: the red band stands anyway.
  }
}
