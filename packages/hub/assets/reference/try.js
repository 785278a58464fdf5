// Shows the hub's OpenAPI description and sends calls to the hub that served this page.

import { buildCall, curlLine, FORM } from "./request.js";

const byId = (id) => document.getElementById(id);

/** Makes an element; attributes that are undefined or false are left out, functions become listeners. */
const el = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
};

/** The little Markdown that descriptions use: `code`, **bold**. */
const rich = (text) =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return el("code", {}, part.slice(1, -1));
    return part.startsWith("**") ? el("strong", {}, part.slice(2, -2)) : part;
  });
const paragraphs = (text) => text.split("\n\n").map((part) => el("p", {}, ...rich(part)));

const table = (head, rows) =>
  el(
    "div",
    { class: "scroll" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, ...cell))))),
    ),
  );

// --- What the description says -------------------------------------------------------------------------------------

let api;
/** By function name: {name, group, post, get}. */
const functions = new Map();

const resolve = (schema) => {
  if (!schema.$ref) return schema;
  return schema.$ref
    .slice(2)
    .split("/")
    .reduce((at, key) => at[key], api);
};

/** A function's own parameters, without those of authentication (which the description keeps as references). */
const ownParameters = (operation) =>
  Object.entries(operation.requestBody.content[FORM].schema.properties).filter(([, schema]) => !schema.$ref);

const formOf = (schema) => {
  if (schema.enum) return schema.enum.join(", ");
  if (schema.type === "array") {
    if (schema.prefixItems) return `pair [${schema.prefixItems.map(formOf).join(", ")}]`;
    return schema.items ? `list: ${formOf(schema.items)}` : "list";
  }
  if (schema.type === "object")
    return typeof schema.additionalProperties === "object"
      ? `object by key: ${formOf(schema.additionalProperties)}`
      : "object";
  if (schema.type === "string")
    return schema.format ?? (schema.pattern?.startsWith("^-?[0-9]+") ? "decimal" : "text");
  return schema.type ?? "anything";
};

const members = (schema, path = "") => {
  if (schema.type === "array" && schema.items) return members(schema.items, `${path}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, of]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const always = schema.required?.includes(name);
    return [[at, formOf(of), always, of.description ?? ""], ...members(of, at)];
  });
};

// --- Credentials, kept in memory only ------------------------------------------------------------------------------

const value = (id) => byId(id).value.trim();

const credentials = () => {
  if (value("token") !== "" && value("key") !== "")
    return { type: 2, account: value("account") || value("token"), token: value("token"), key: value("key") };
  if (value("login-name") !== "")
    return { type: 1, name: value("login-name"), pass: byId("login-pass").value };
  return { type: 0 };
};

const showWho = () => {
  const who = credentials();
  byId("who").textContent =
    who.type === 2 ? `${who.account}, signed` : who.type === 1 ? `${who.name}, by password` : "none";
  byId("insecure").hidden = isSecureContext;
};

const useAuthkey = ({ account, authkey }) => {
  byId("account").value = account;
  byId("token").value = authkey.token;
  byId("key").value = authkey.key;
  showWho();
};

// What to add to our clock to have the hub's, in ms; learnt from `nonce_stale`.
let clockOffset = 0;

// --- Sending -------------------------------------------------------------------------------------------------------

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const notes = (status, answer) => {
  if (answer?.error?.code === "nonce_stale") {
    clockOffset = answer.error.now - Date.now();
    return [
      el("p", {}, "This machine's clock differs from the hub's. That is now allowed for: send it again."),
    ];
  }
  if (status === 200 && answer?.account && answer?.authkey?.key)
    return [
      el("button", { type: "button", click: () => useAuthkey(answer) }, "Call as this account from now on"),
    ];
  return [];
};

// A password does not go into a URL, and create-account's name and pass are its own.
const passwordStays = (fn, how, who) => who.type === 1 && (how === "get" || fn === "create-account");

const send = async (fn, how, parameters, output) => {
  output.replaceChildren(el("p", {}, "Sending ..."));
  const filled = parameters.filter(({ input }) => input.value !== "");
  const who = credentials();
  if (who.type === 2 && !isSecureContext) {
    byId("credentials").open = true;
    output.replaceChildren(el("p", { class: "bad" }, byId("insecure").textContent));
    return;
  }
  let call;
  try {
    call = await buildCall({
      // The page stands beside the functions, whatever public address the hub was given.
      url: new URL(fn, location.href).href,
      fn,
      how,
      values: Object.fromEntries(filled.map(({ name, input }) => [name, input.value])),
      types: Object.fromEntries(filled.map(({ name, schema }) => [name, schema.type])),
      credentials: passwordStays(fn, how, who) ? { type: 0 } : who,
      now: Date.now() + clockOffset,
    });
  } catch {
    output.replaceChildren(el("p", { class: "bad" }, "The key is not base64: look at the credentials."));
    return;
  }
  const sent = [el("h3", {}, "Sent"), el("pre", {}, curlLine(call))];
  if (who.type === 2)
    sent.push(
      el("p", { class: "hint" }, "Signed for this one time: to send it again it needs a fresh nonce."),
    );
  try {
    const response = await fetch(call.url, { method: call.method, headers: call.headers, body: call.body });
    const text = await response.text();
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      // Shown as it is.
    }
    output.replaceChildren(
      ...sent,
      el("h3", {}, "Answer: ", el("span", { class: response.ok ? "good" : "bad" }, String(response.status))),
      el("pre", { tabindex: "0", "aria-label": "Answer" }, pretty(text)),
      ...notes(response.status, answer),
    );
  } catch (error) {
    output.replaceChildren(
      ...sent,
      el("p", { class: "bad" }, `No answer: ${error.message}. Whether it took effect is unknown.`),
    );
  }
};

// --- One function --------------------------------------------------------------------------------------------------

const inputFor = (name, schema, required) => {
  const shared = { id: `p-${name}`, name, "aria-describedby": `about-${name}`, required };
  const choices = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : undefined);
  if (choices)
    return el(
      "select",
      shared,
      el("option", { value: "" }, "not given"),
      ...choices.map((one) => el("option", {}, one)),
    );
  if (schema.type === "array" || schema.type === "object")
    return el("textarea", { ...shared, rows: "3", spellcheck: "false" });
  return el("input", {
    ...shared,
    class: "mono",
    type: name === "pass" ? "password" : "text",
    spellcheck: "false",
    autocomplete: "off",
  });
};

const tryForm = ({ name, post, get }) => {
  const { schema, example } = post.requestBody.content[FORM];
  const parameters = ownParameters(post).map(([param, of]) => {
    const required = schema.required.includes(param);
    return { name: param, schema: of, required, input: inputFor(param, of, required) };
  });
  const how = el(
    "select",
    { id: "how" },
    el("option", { value: "form" }, "POST, form"),
    el("option", { value: "json" }, "POST, JSON"),
    ...(get ? [el("option", { value: "get" }, "GET")] : []),
  );
  const output = el("div", { "aria-live": "polite" });
  const button = el("button", { type: "submit", class: "main" }, "Send");
  const fill = () => {
    for (const { name: param, input } of parameters) {
      const given = example[param];
      input.value =
        given === undefined ? "" : typeof given === "object" ? JSON.stringify(given) : String(given);
    }
  };
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    await send(name, how.value, parameters, output);
    button.disabled = false;
  };
  return el(
    "form",
    // What is missing or malformed is the hub's to say: that is worth trying too.
    { class: "try", novalidate: true, submit },
    ...(parameters.length === 0 ? [el("p", {}, "No parameters of its own.")] : []),
    ...parameters.map(({ name: param, schema: of, required, input }) =>
      el(
        "div",
        { class: "field" },
        el("label", { for: `p-${param}` }, param, required ? "" : el("span", { class: "hint" }, " optional")),
        input,
        el("p", { class: "hint", id: `about-${param}` }, ...rich(`${of.description} (${formOf(of)})`)),
      ),
    ),
    el(
      "div",
      { class: "actions" },
      el("label", {}, "Send as ", how),
      button,
      ...(Object.keys(example).length > 0
        ? [el("button", { type: "button", click: fill }, "Fill in the example")]
        : []),
    ),
    output,
  );
};

const errorRows = (operation, wanted) =>
  Object.entries(operation.responses)
    .filter(([status]) => status !== "200")
    .flatMap(([status, response]) =>
      Object.keys(response.content["application/json"].examples).map((code) => [code, status]),
    )
    .filter(([code]) => wanted(code))
    .map(([code, status]) => [[el("code", {}, code)], [status], rich(api.components.examples[code].summary)]);

const functionView = (of) => {
  const { post } = of;
  const answer = post.responses["200"].content["application/json"];
  const own = post["x-errors"];
  const ordered = errorRows(post, (code) => own.includes(code)).sort(
    ([[a]], [[b]]) => own.indexOf(a.textContent) - own.indexOf(b.textContent),
  );
  const rows = members(resolve(answer.schema)).map(([path, form, always, meaning]) => [
    [el("code", {}, path)],
    [form, always ? "" : " (not always)"],
    rich(meaning),
  ]);
  return [
    el("h1", {}, of.name),
    el("p", {}, ...rich(post.summary)),
    ...paragraphs(post.description),
    el("h2", {}, "Try it"),
    tryForm(of),
    el("h2", {}, "Answer"),
    rows.length === 0
      ? el("p", {}, "An empty object: it worked.")
      : table(["Member", "Form", "Meaning"], rows),
    el("details", {}, el("summary", {}, "Example"), el("pre", {}, JSON.stringify(answer.example, null, 2))),
    el("h2", {}, "Errors"),
    ordered.length === 0 ? el("p", {}, "None of its own.") : table(["Code", "Status", "Meaning"], ordered),
    el(
      "details",
      {},
      el("summary", {}, "What every call is checked for"),
      table(
        ["Code", "Status", "Meaning"],
        errorRows(post, (code) => !own.includes(code)),
      ),
    ),
  ];
};

const homeView = () => [
  el("h1", {}, api.info.title),
  ...paragraphs(api.info.description),
  el(
    "p",
    {},
    "Begin with ",
    el("a", { href: "#create-account" }, "create-account"),
    ": its answer can be used for the calls that follow.",
  ),
  el(
    "p",
    {},
    "The description that this page shows: ",
    el("a", { href: "openapi.json" }, "openapi.json"),
    `, version ${api.info.version}.`,
  ),
];

// --- The page ------------------------------------------------------------------------------------------------------

const wide = matchMedia("(min-width: 60rem)");

const current = () => decodeURIComponent(location.hash.slice(1));

const markCurrent = () => {
  for (const link of byId("nav").querySelectorAll("a"))
    if (link.hash === `#${current()}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
};

const show = (focus) => {
  const name = current();
  if (name === "main") return;
  const of = functions.get(name);
  byId("main").replaceChildren(...(of ? functionView(of) : homeView()));
  document.title = of ? `${name}: ${api.info.title}` : api.info.title;
  markCurrent();
  byId("nav-box").open = wide.matches;
  if (focus) {
    byId("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  }
};

const showNav = () => {
  const wanted = value("filter").toLowerCase();
  const found = [...functions.values()].filter(({ name, post }) =>
    `${name} ${post.summary}`.toLowerCase().includes(wanted),
  );
  byId("nav").replaceChildren(
    ...api.tags.flatMap((tag) => {
      const own = found.filter(({ group }) => group === tag.name);
      const items = own.map(({ name }) => el("li", {}, el("a", { href: `#${name}` }, name)));
      return own.length === 0 ? [] : [el("h2", {}, tag.name), el("ul", {}, ...items)];
    }),
  );
  markCurrent();
  byId("filter-count").textContent = wanted === "" ? "" : `${found.length} of ${functions.size}`;
};

const start = async () => {
  const response = await fetch("openapi.json");
  if (!response.ok) throw new Error(`status ${response.status}`);
  api = await response.json();
  for (const { get, post } of Object.values(api.paths))
    if (post) functions.set(post.operationId, { name: post.operationId, group: post.tags[0], post, get });
  byId("name").textContent = api.info.title;
  showNav();
  show(false);
  showWho();
  byId("filter").addEventListener("input", showNav);
  byId("credentials-form").addEventListener("input", showWho);
  byId("credentials-form").addEventListener("reset", () => setTimeout(showWho));
  byId("credentials-form").addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => show(true));
  wide.addEventListener("change", () => {
    byId("nav-box").open = wide.matches;
  });
};

start().catch((error) => {
  byId("main").replaceChildren(
    el("p", { class: "bad" }, `The hub's description could not be loaded: ${error.message}`),
  );
});
