// Browsers let a page sound only after a press: the context is made then, and kept.

let context: AudioContext | undefined;

/** Call it in the handler of a press. */
export const allowSound = (): void => {
  context ??= new AudioContext();
  void context.resume();
};

/** Two rising tones: Hz, and when they begin in seconds. */
const TONES = [
  [880, 0],
  [1_318.5, 0.14],
] as const;
const LASTS_S = 0.35;

export const playPaid = (): void => {
  // After a reload nothing was pressed yet; some browsers let it sound all the same.
  allowSound();
  const audio = context!;
  for (const [frequency, after] of TONES) {
    const begin = audio.currentTime + after;
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = frequency;
    loudness.gain.setValueAtTime(0.0001, begin);
    loudness.gain.exponentialRampToValueAtTime(0.35, begin + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begin + LASTS_S);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + LASTS_S);
  }
};
