// Takes posts of a hub's webhook: SECRET=whsec_... PORT=8080 node receive-webhooks.mjs
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.SECRET);
const known = new Set(); // in a database, where it outlives a restart
const server = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  try {
    const { type, event, data } = webhook.verify(text, request.headers);
    const id = request.headers["webhook-id"];
    if (!known.has(id)) console.log(event, type, JSON.stringify(data));
    known.add(id);
    response.writeHead(204).end(); // only now: what is not taken is posted again
  } catch {
    response.writeHead(400).end();
  }
}).listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on ${server.address().port}`));
