import { isLatitude, isLongitude } from "@coinholder/protocol";
import { signal } from "@preact/signals";
import { distanceBetween, type Spot, spotOf } from "./geo.ts";

/** Where the person is, or wants to look. */
export interface Place extends Spot {
  readonly from: "device" | "typed";
}

const STORED = "coinholder.nearby";
export const RADII = [100, 400, 1_000, 5_000, 20_000, 100_000] as const;
const FIRST_RADIUS = 400;

interface Stored {
  readonly radius?: number;
  readonly typed?: Spot;
  /** Whether the device was asked last time; what it said is not stored. */
  readonly device?: boolean;
}

const read = (): Stored => {
  const { radius, typed, device } = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Stored;
  return {
    ...(RADII.some((one) => one === radius) ? { radius: radius! } : {}),
    ...(typed && isLatitude(typed.lat) && isLongitude(typed.lng) ? { typed } : {}),
    ...(device === true ? { device } : {}),
  };
};

const stored = read();
export const radius = signal(stored.radius ?? FIRST_RADIUS);
export const place = signal<Place | undefined>(
  stored.typed && !stored.device ? { ...stored.typed, from: "typed" } : undefined,
);
/** Whether it is being followed where the device is. */
export const following = signal(stored.device === true);
export const code = signal(sessionStorage.getItem(`${STORED}.code`) ?? "");

const keep = (): void => {
  const typed = place.peek()?.from === "typed" ? place.peek() : undefined;
  const kept: Stored = {
    radius: radius.peek(),
    ...(following.peek() ? { device: true } : {}),
    ...(typed ? { typed: { lat: typed.lat, lng: typed.lng } } : {}),
  };
  localStorage.setItem(STORED, JSON.stringify(kept));
};

export const chooseRadius = (value: number): void => {
  radius.value = value;
  keep();
};
export const choosePlace = (spot: Spot | undefined): void => {
  following.value = false;
  place.value = spot && { ...spot, from: "typed" };
  keep();
};
export const typeCode = (value: string): void => {
  code.value = value;
  sessionStorage.setItem(`${STORED}.code`, value);
};

export type NoPlace = "denied" | "unavailable";

const problem = ({ code }: GeolocationPositionError): NoPlace => (code === 1 ? "denied" : "unavailable");

const OPTIONS: PositionOptions = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };

/** Asks the browser where the device is, once. */
export const locate = (): Promise<Spot | NoPlace> =>
  new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve("unavailable");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(spotOf(coords.latitude, coords.longitude)),
      (error) => resolve(problem(error)),
      OPTIONS,
    );
  });

/** Who stands still is not looked for anew at each tremble of the instrument. */
const MOVED_M = 20;

/** Follows the device until what it gives back is called. */
export const follow = (onProblem: (problem: NoPlace) => void): (() => void) => {
  if (!("geolocation" in navigator)) {
    onProblem("unavailable");
    return () => {};
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords }) => {
      const spot = spotOf(coords.latitude, coords.longitude);
      const before = place.peek();
      following.value = true;
      if (before?.from !== "device" || distanceBetween(before, spot) > MOVED_M)
        place.value = { ...spot, from: "device" };
      keep();
    },
    (error) => onProblem(problem(error)),
    OPTIONS,
  );
  return () => navigator.geolocation.clearWatch(watch);
};
