// Readers whose connection is cut a hundred times while turns run. The SDK comes back by itself, with Last-Event-ID; what it
// yields must be each durable event once, in order. The original sends no ids and so cannot be asked.
import assert from "node:assert/strict"
import { once } from "node:events"
import net from "node:net"
import { after, before, describe, test } from "node:test"
import { dialects, say } from "../dialects.mjs"
import { watch } from "../events.mjs"
import { SERVER, startStage } from "../harness.mjs"

const CUTS = 100
const MOST_BYTES = 6000
const SESSIONS = 3
const SAFETY_NET = 60_000
const SCRIPTS = { talk: [{ text: "These are some words that arrive one after the other. ".repeat(3), delay: 2 }] }
// The SDK doubles its delay with every attempt and never forgets one: what counts is the most that it may wait.
const FAST = { sseDefaultRetryDelay: 2, sseMaxRetryDelay: 2 }

/** Mulberry32: the same cuts in every run. */
function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Passes TCP on to the server and, once told to, destroys each connection after a random number of bytes, CUTS times. */
async function startCutter(url, seed) {
  const random = seeded(seed)
  const target = new URL(url)
  const open = new Set()
  const cutter = { cuts: 0, cutting: false, finished: false }
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname)
    let left = Math.ceil(random() * MOST_BYTES)
    const end = () => (near.destroy(), far.destroy(), open.delete(near))
    open.add(near)
    for (const socket of [near, far]) socket.on("error", end).on("close", end)
    near.pipe(far)
    far.on("data", (chunk) => {
      if (!cutter.cutting || cutter.cuts >= CUTS) return near.write(chunk)
      if (chunk.length < left) return (left -= chunk.length), near.write(chunk)
      cutter.cuts++
      far.destroy()
      // What was let through arrives first; then the connection breaks in the middle of a chunk, or is reset, by turns.
      near.write(chunk.subarray(0, left), () => (cutter.cuts % 2 ? near.destroy() : near.resetAndDestroy()))
      left = Infinity
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  cutter.url = `http://127.0.0.1:${server.address().port}`
  cutter.close = () => {
    for (const socket of open) socket.destroy()
    server.close()
  }
  return cutter
}

/** The uncut reader: the ids of durable events, which are those that carry an SSE id, but for the one of server.connected. */
async function readDurable(url, directory, signal) {
  const response = await fetch(`${url}/event?directory=${encodeURIComponent(directory)}`, { signal })
  const durable = []
  let sequence = -1, buffer = "", connected
  const begun = new Promise((resolve) => (connected = resolve))
  ;(async () => {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (buffer + text).split("\n\n")
      buffer = frames.pop()
      for (const frame of frames) {
        const id = frame.match(/^id: (\d+)$/m)?.[1]
        const event = JSON.parse(frame.match(/^data: (.*)$/m)[1])
        if (event.type === "server.connected") connected()
        else if (id) {
          assert.ok(Number(id) > sequence, "ids rise")
          sequence = Number(id)
          durable.push(event.id)
        }
      }
    }
  })().catch(() => {})
  await begun
  return durable
}

async function until(holds, what) {
  for (const deadline = Date.now() + SAFETY_NET; !holds(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (Date.now() > deadline) throw new Error(`not within ${SAFETY_NET} ms: ${what()}`)
}

describe("event streams that are cut", { skip: SERVER !== "capstan" && "the original sends no ids" }, () => {
  let stage
  before(async () => (stage = await startStage(SCRIPTS)))
  after(() => stage?.close())

  for (const [index, [name, sdk]] of Object.entries(dialects).entries())
    test(`SDK ${name} misses nothing and repeats nothing over ${CUTS} cuts`, async (t) => {
      const url = stage.url.replace(/\/$/, "")
      const directory = stage.workspace()
      const leave = new AbortController()
      const cutter = await startCutter(url, 20260101 + index)
      try {
        const direct = sdk.client(url, directory)
        const durable = await readDurable(url, directory, leave.signal)
        const events = await watch(await sdk.subscribe(sdk.client(cutter.url, directory), leave.signal, FAST))
        cutter.cutting = true
        const turns = await Promise.all(Array.from({ length: SESSIONS }, async () => {
          const session = (await sdk.create(direct)).data
          let turns = 0
          for (const deadline = Date.now() + SAFETY_NET; cutter.cuts < CUTS && Date.now() < deadline; turns++)
            await sdk.prompt(direct, session.id, say("[script:talk]"))
          return turns
        }))
        assert.equal(cutter.cuts, CUTS)
        // An event after all others: once the reader has it, whatever it lacks is lost.
        const last = (await sdk.create(direct)).data
        const isLast = (event) => event.type === "session.created" && (event.properties.sessionID ?? event.properties.info.id) === last.id
        await until(() => events.seen.some(isLast), () => `session.created of ${last.id}`)
        const end = events.seen.find(isLast).id
        await until(() => durable.includes(end), () => end)

        const expected = durable.slice(0, durable.indexOf(end) + 1)
        const known = new Set(expected)
        const seen = events.seen.map((event) => event.id).filter((id) => known.has(id))
        const connections = events.seen.filter((event) => event.type === "server.connected").length
        t.diagnostic(`${expected.length} durable events, ${turns.reduce((a, b) => a + b)} turns, ${connections} connections that came to an event`)
        assert.ok(connections > CUTS / 2, "most connections got somewhere")
        assert.equal(events.seen.filter((event) => event.type === "server.resync").length, 0)
        assert.deepEqual(seen, expected)
      } finally {
        leave.abort()
        cutter.close()
      }
    })
})
