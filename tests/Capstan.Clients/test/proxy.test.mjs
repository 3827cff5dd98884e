// Behind nginx as people set it up: buffering on, a sub-path, and a read time-out, here of two seconds, after which it gives
// up on whoever is silent. The original has no base path and is not asked.
import assert from "node:assert/strict"
import http from "node:http"
import { after, before, describe, test } from "node:test"
import { dialects, say, textOf } from "../dialects.mjs"
import { idle, watch } from "../events.mjs"
import { SERVER, startStage } from "../harness.mjs"
import { startNginx } from "../nginx.mjs"

const SCRIPTS = {
  hello: [{ text: "Hello there friend" }],
  silent: [{ text: "five seconds", delay: 2500 }],
  slow: [{ text: "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(20), delay: 100 }],
  status: [{ text: "Looking. ", tools: [{ name: "bash", args: { command: "git status --short", description: "status" } }] }, { text: "Seen." }],
}

const CONFIG = {
  capstan: {
    server: {
      basePath: "/agents",
      // nginx comes from an address of its own, so that it alone is trusted and the tests, from 127.0.0.1, are not.
      trustedProxies: ["127.0.0.2"],
      allowedHosts: ["agents.example"],
      heartbeat: 1000,
      earlyHeaders: 1000,
      keepAlive: 1000,
    },
  },
}

// Nearest first: the prefix kept, over HTTP/1.0 as nginx does unless told; the prefix taken off; a proxy before the proxy.
const locations = (capstan) => (own) => `
  proxy_bind 127.0.0.2;
  # nginx keeps this header to itself; a second one in front of it would buffer.
  proxy_pass_header X-Accel-Buffering;
  proxy_set_header X-Forwarded-Host $http_host;
  location /agents/ { proxy_pass ${capstan}/agents/; }
  location /stripped/ {
    proxy_pass ${capstan}/;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Prefix /stripped;
  }
  location /chain/ { proxy_pass http://127.0.0.1:${own}/agents/; proxy_set_header Host $http_host; }`

/** A request whose Host header is the caller's to choose, which fetch does not allow. */
function get(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, async (response) => {
      let body = ""
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, headers: response.headers, body })
    })
    request.once("error", reject)
  })
}

describe("behind nginx", { skip: SERVER !== "capstan" && "the original has no base path", concurrency: true }, () => {
  let stage, nginx
  before(async () => {
    stage = await startStage(SCRIPTS, CONFIG)
    nginx = await startNginx(stage.home, locations(stage.url.replace(/\/$/, "")))
  })
  after(async () => {
    await nginx?.close()
    await stage?.close()
  })

  for (const [name, sdk] of Object.entries(dialects))
    for (const path of ["/agents", "/stripped", "/chain"]) {
      const scenario = (title, play, config) =>
        test(`SDK ${name} at ${path}: ${title}`, async () => {
          const client = sdk.client(nginx.url + path, stage.workspace(config))
          const leave = new AbortController()
          const errors = []
          try {
            const events = await watch(await sdk.subscribe(client, leave.signal, { onSseError: (error) => leave.signal.aborted || errors.push(error) }))
            const session = (await sdk.create(client)).data
            await play({ client, events, session })
            assert.deepEqual(errors, [], "the event stream was never cut")
            assert.equal(events.seen.filter((event) => event.type === "server.connected").length, 1)
          } finally {
            leave.abort()
          }
        })

      scenario("a prompt outlasts the time-out while the model is silent, and so does the stream", async ({ client, events, session }) => {
        const began = Date.now()
        const answer = (await sdk.prompt(client, session.id, say("[script:silent]"))).data
        assert.ok(Date.now() - began > 4500, "the model was silent for longer than nginx waits")
        assert.equal(textOf(answer), "five seconds")
        await events.until(idle(session.id))
        assert.ok(events.seen.filter((event) => event.type === "server.heartbeat").length >= 3)
      })

      scenario("events are not buffered, and an abort arrives", async ({ client, events, session }) => {
        assert.equal((await sdk.promptAsync(client, session.id, say("[script:slow]"))).response.status, 204)
        await events.until((event) => event.type === "message.part.delta" && event.properties.sessionID === session.id, "a delta")
        // The whole text takes a minute: had the delta waited in a buffer, the turn would be over.
        assert.equal((await sdk.status(client)).data[session.id]?.type, "busy")

        assert.equal((await sdk.abort(client, session.id)).data, true)

        await events.until(idle(session.id))
        const messages = (await sdk.messages(client, session.id)).data
        assert.equal(messages.at(-1).info.error.name, "MessageAbortedError")
      })

      scenario("a permission is asked for and answered", async ({ client, events, session }) => {
        const answered = sdk.prompt(client, session.id, say("[script:status]"))
        const asked = await events.until((event) => event.type === "permission.asked", "permission.asked")
        // Longer than nginx waits: people do not answer at once.
        await new Promise((resolve) => setTimeout(resolve, 2500))
        await sdk.reply(client, asked.properties, "once")
        assert.equal(textOf((await answered).data), "Seen.")
      }, { permission: { bash: "ask" } })
    }

  describe("forwarded headers", () => {
    let session, directory
    before(async () => {
      directory = stage.workspace()
      const client = dialects.v1.client(nginx.url + "/agents", directory)
      session = (await dialects.v1.create(client)).data.id
      for (let i = 0; i < 2; i++) await dialects.v1.prompt(client, session, say("[script:hello]"))
    })
    const page = (base) => `${base}/session/${session}/message?limit=1&directory=${encodeURIComponent(directory)}`
    const next = (answer) => new URL(answer.headers.link.match(/^<(.*)>; rel="next"$/)[1])

    for (const path of ["/agents", "/stripped"])
      test(`the link to the next page is the proxy's at ${path}, and leads there`, async () => {
        const first = await get(page(nginx.url + path))
        assert.equal(first.status, 200)
        const link = next(first)
        assert.equal(link.origin + link.pathname, `${nginx.url}${path}/session/${session}/message`)
        const second = await get(link)
        assert.equal(second.status, 200)
        assert.notEqual(JSON.parse(second.body)[0].info.id, JSON.parse(first.body)[0].info.id)
      })

    test("a trusted proxy's host is believed when it is allowed", async () => {
      const answer = await get(page(`${nginx.url}/agents`), { host: "agents.example" })
      assert.equal(next(answer).host, "agents.example")
    })

    test("a trusted proxy's host still has to be allowed", async () => {
      assert.equal((await get(page(`${nginx.url}/agents`), { host: "evil.example" })).status, 403)
    })

    test("nobody else's is believed", async () => {
      const own = new URL(stage.url)
      const base = `http://${own.host}/agents`
      const bare = await get(page(base), { "x-forwarded-host": "agents.example", "x-forwarded-prefix": "/else", "x-forwarded-for": "127.0.0.2" })
      assert.equal(next(bare).host, own.host)
      assert.equal(next(bare).pathname, `/agents/session/${session}/message`)
      const guarded = await get(page(base), { host: "evil.example", "x-forwarded-host": "127.0.0.1", "x-forwarded-for": "127.0.0.2" })
      assert.equal(guarded.status, 403)
    })
  })
})
