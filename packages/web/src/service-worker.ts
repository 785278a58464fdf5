/**
 * Keeps the page's shell, so that an installed app opens without a connection. Never an answer of the API: what it does not name it
 * leaves to the browser.
 */

// Put in by the build: all files with hashed names, and a name for the whole of them.
const { name, files } = "__SHELL__" as unknown as {
  readonly name: string;
  readonly files: readonly string[];
};

interface WaitableEvent extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void;
}
interface FetchEvent extends WaitableEvent {
  readonly request: Request;
  readonly respondWith: (answer: Promise<Response>) => void;
}
declare const self: {
  readonly skipWaiting: () => Promise<void>;
  readonly clients: { readonly claim: () => Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: WaitableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
};

const PAGE = "/";
const BESIDE = ["/manifest.webmanifest", "/icon.svg"];

self.addEventListener("install", (event) => {
  const keep = async (): Promise<void> => {
    const cache = await caches.open(name);
    await cache.addAll([PAGE, ...BESIDE, ...files]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async (): Promise<void> => {
    for (const other of await caches.keys()) if (other !== name) await caches.delete(other);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const isPage = ({ pathname }: URL): boolean =>
  !/^\/(?:api|code|proof)(?:\/|$)|^\/identity\.js$/.test(pathname);

/** The page as the hub has it now, or as it was kept. */
const pageFor = async (request: Request): Promise<Response> => {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
};

const fileFor = async (request: Request): Promise<Response> =>
  (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (isPage(url)) event.respondWith(pageFor(request));
  } else if (files.includes(url.pathname) || BESIDE.includes(url.pathname))
    event.respondWith(fileFor(request));
});
