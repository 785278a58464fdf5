/** A request as it left, with its query and its body (form or JSON) decoded. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer in the exchange's own form, or what makes it from the request. */
type Told = object | ((request: SeenRequest) => object);
export type Routes = Readonly<Record<string, Told>>;

const decoded = (body: unknown): Record<string, unknown> => {
  if (typeof body !== "string" || body === "") return {};
  if (!/^[[{]/.test(body)) return Object.fromEntries(new URLSearchParams(body));
  const read: unknown = JSON.parse(body);
  // A list of one order is that order.
  return (Array.isArray(read) ? read[0] : read) as Record<string, unknown>;
};

/**
 * What ccxt takes as `fetchImplementation`: answers by method and path (`POST /api/v2/open_orders/all/`). `failNext` gives the
 * next call of a route another HTTP status and body, or breaks it.
 */
export const answering = (routes: Routes) => {
  const requests: SeenRequest[] = [];
  const faults = new Map<string, (() => Response)[]>();
  const fetchImplementation = async (
    url: string,
    init: { readonly method: string; readonly body?: unknown; readonly headers: Record<string, string> },
  ): Promise<Response> => {
    const { pathname, searchParams } = new URL(url);
    const request: SeenRequest = {
      method: init.method,
      path: pathname,
      params: { ...Object.fromEntries(searchParams), ...decoded(init.body) },
      headers: init.headers,
    };
    requests.push(request);
    const route = `${init.method} ${pathname}`;
    const fault = faults.get(route)?.shift();
    if (fault !== undefined) return fault();
    const told = routes[route];
    if (told === undefined) throw new Error(`the emulated exchange has no ${route}`);
    return Response.json(typeof told === "function" ? told(request) : told);
  };
  const add = (route: string, fault: () => Response): void =>
    void faults.set(route, [...(faults.get(route) ?? []), fault]);
  return {
    fetchImplementation,
    requests,
    failNext: (route: string, status: number, body: object | string): void =>
      add(route, () =>
        typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status }),
      ),
    breakNext: (route: string): void =>
      add(route, () => {
        throw new TypeError("fetch failed");
      }),
  };
};

/** What one exchange is asked and answers, by function of the protocol. */
export interface Emulated {
  readonly id: string;
  readonly keys: { readonly apiKey: string; readonly secret: string; readonly password?: string };
  readonly routes: Routes;
  /** The request of a function that counts, and the answer that it comes to. */
  readonly expected: Readonly<
    Record<
      string,
      { readonly params?: object; readonly route: string; readonly sent: object; readonly answer: object }
    >
  >;
  readonly errors: readonly {
    readonly function: string;
    readonly route: string;
    readonly status: number;
    readonly body: object | string;
    readonly code: string;
    readonly unknown?: true;
  }[];
}

export const ADDRESS = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
export const PAYEE = "bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c";
