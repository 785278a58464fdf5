import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Note } from "./card.tsx";
import { Dialog } from "./dialog.tsx";

const EVERY_MS = 120;
/** Pixels on a side are enough for any code of ours, and quickly read. */
const SIDE = 640;

type Read = (video: HTMLVideoElement) => string | undefined;

/** The decoder is loaded when a camera is: few need it. */
const makeReader = async (): Promise<Read> => {
  const { default: decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  return (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0) return undefined;
    const scale = Math.min(1, SIDE / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const image = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(image);
    } catch {
      // No code in this picture.
      return undefined;
    }
  };
};

/** Asks for the camera and gives the first text that it reads in a QR code. Loaded with `import()`: it is big. */
export const Scanner = ({
  onText,
  onClose,
}: {
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}): JSX.Element => {
  const video = useRef<HTMLVideoElement>(null);
  const [denied, setDenied] = useState(false);
  const found = useRef(onText);
  found.current = onText;
  useEffect(() => {
    let over = false;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    const begin = async (): Promise<void> => {
      const [read, camera] = await Promise.all([
        makeReader(),
        navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }),
      ]);
      stream = camera;
      if (over) return end();
      const shown = video.current!;
      shown.srcObject = camera;
      await shown.play();
      timer = setInterval(() => {
        const text = read(shown);
        if (text === undefined || over) return;
        end();
        found.current(text);
      }, EVERY_MS);
    };
    const end = (): void => {
      over = true;
      clearInterval(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    begin().catch(() => {
      if (!over) setDenied(true);
    });
    return end;
  }, []);
  return (
    <Dialog open onClose={onClose} title={t.ui.scan}>
      {denied ? (
        <Note tone="warn">{t.ui.scanDenied}</Note>
      ) : (
        <>
          <video
            ref={video}
            muted
            playsInline
            class="aspect-square w-full rounded-lg bg-black object-cover"
          />
          <p class="text-quiet">{t.ui.scanHint}</p>
        </>
      )}
    </Dialog>
  );
};
