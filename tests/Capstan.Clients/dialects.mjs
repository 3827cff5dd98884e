// The published SDK, unmodified, through both of its entry points. They name things differently, so each scenario is
// written once against a small dialect of its own words.
import { createOpencodeClient as createV1 } from "@opencode-ai/sdk"
import { createOpencodeClient as createV2 } from "@opencode-ai/sdk/v2"

const throwing = { throwOnError: true }
export const dialects = {
  v1: {
    client: (baseUrl, directory) => createV1({ baseUrl, directory }),
    create: (client) => client.session.create({ ...throwing }),
    prompt: (client, id, body) => client.session.prompt({ path: { id }, body, ...throwing }),
    promptAsync: (client, id, body) => client.session.promptAsync({ path: { id }, body, ...throwing }),
    messages: (client, id) => client.session.messages({ path: { id }, ...throwing }),
    abort: (client, id) => client.session.abort({ path: { id }, ...throwing }),
    status: (client) => client.session.status({ ...throwing }),
    get: (client, id) => client.session.get({ path: { id } }),
    reply: (client, request, response) =>
      client.postSessionIdPermissionsPermissionId({ path: { id: request.sessionID, permissionID: request.id }, body: { response }, ...throwing }),
    subscribe: (client, signal, options) => client.event.subscribe({ signal, ...options }),
  },
  v2: {
    client: (baseUrl, directory) => createV2({ baseUrl, directory }),
    create: (client) => client.session.create({}, throwing),
    prompt: (client, sessionID, body) => client.session.prompt({ sessionID, ...body }, throwing),
    promptAsync: (client, sessionID, body) => client.session.promptAsync({ sessionID, ...body }, throwing),
    messages: (client, sessionID) => client.session.messages({ sessionID }, throwing),
    abort: (client, sessionID) => client.session.abort({ sessionID }, throwing),
    status: (client) => client.session.status({}, throwing),
    get: (client, sessionID) => client.session.get({ sessionID }),
    reply: (client, request, reply) => client.permission.reply({ requestID: request.id, reply }, throwing),
    subscribe: (client, signal, options) => client.event.subscribe({}, { signal, ...options }),
  },
}

export const say = (text) => ({ parts: [{ type: "text", text }] })
export const textOf = (message) => message.parts.filter((part) => part.type === "text").map((part) => part.text).join("")
