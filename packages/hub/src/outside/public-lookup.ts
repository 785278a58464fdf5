import { promises as dns } from "node:dns";
import type { LookupFunction } from "node:net";
import { isOwnName } from "./own-name.ts";
import { isPublicAddress } from "./public-address.ts";

/** A name leads to an address that is not of the public Internet. */
export class AddressRefused extends Error {}

// Not getaddrinfo: that waits in a thread of which there are few, so that names which are slow to answer for would hold up others.
const resolve = async (hostname: string): Promise<{ address: string; family: 4 | 6 }[]> => {
  const [four, six] = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]);
  return [
    ...(four.status === "fulfilled" ? four.value : []).map((address) => ({ address, family: 4 as const })),
    ...(six.status === "fulfilled" ? six.value : []).map((address) => ({ address, family: 6 as const })),
  ];
};

/**
 * For a connection to where a stranger wants one. Checked where the connection is made: what a name leads to can change between a
 * check and a call (rebinding).
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  if (isOwnName(hostname)) return callback(new AddressRefused(hostname), "");
  void resolve(hostname).then((addresses) => {
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused) return callback(new AddressRefused(`${hostname} is ${refused.address}`), "");
    const [first] = addresses;
    if (!first) return callback(new Error(`${hostname} has no address`), "");
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
