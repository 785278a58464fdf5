// A name of one label, or under these, is of the network that asks (RFC 6761, RFC 6762, RFC 8375, ICANN for .internal).
const OWN_NAMES = /(^|\.)(localhost|local|internal|home\.arpa)$/;
/** Whether a name says by its form that it is none of the public Internet. */
export const isOwnName = (hostname: string): boolean => {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  return !name.includes(".") || OWN_NAMES.test(name);
};
