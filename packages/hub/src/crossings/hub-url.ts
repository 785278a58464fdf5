/** The writing of a hub's public URL that two writings of the same are compared by: without slashes at the end. */
export const hubUrl = (text: string): string => text.replace(/\/+$/, "");
