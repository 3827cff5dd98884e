// Makes the same tool calls on the original and on this server, and prints a table of what each returned:
//   npm run tools [-- [--show] [WORD…]]
//   --show   prints both results of each call that differs
//   WORD     only calls whose tool or name holds the word
import http from "node:http"
import fs from "node:fs"
import path from "node:path"
import { once } from "node:events"
import { startStage } from "./harness.mjs"
import { PAGES } from "./tools/pages.mjs"
import { CALLS } from "./tools/calls.mjs"

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"))
const show = process.argv.includes("--show")
const chosen = CALLS.filter((call) => words.every((word) => `${call.tool} ${call.name}`.includes(word)))

const site = http.createServer((request, response) => (PAGES[request.url.split("?")[0]] ?? PAGES.missing)(request, response))
site.listen(0, "127.0.0.1")
await once(site, "listening")
const address = `http://127.0.0.1:${site.address().port}`

const results = {}
for (const program of ["opencode", "capstan"]) results[program] = await playAll(program)
site.closeAllConnections()
site.close()

console.log("| tool | call | OpenCode | Capstan | |\n|---|---|---|---|---|")
for (const call of chosen) {
  const [theirs, ours] = [results.opencode.get(call), results.capstan.get(call)]
  const places = differences(theirs, ours)
  console.log(`| ${call.tool} | ${call.name} | ${outcome(theirs)} | ${outcome(ours)} | ${places.length ? places.join(", ") : "same"} |`)
  if (show && places.length) console.log(JSON.stringify({ theirs, ours }, null, 1))
}

async function playAll(program) {
  const scripts = Object.fromEntries(chosen.map((call, index) => [`call-${index}`, [
    ...(call.before ?? []).map((tool) => ({ tools: [tool] })),
    { tools: [{ name: call.tool, args: JSON.parse(JSON.stringify(call.args).replaceAll("$SITE", address)) }] },
    { text: "done" },
  ]]))
  const stage = await startStage(scripts, undefined, program)
  const found = new Map()
  try {
    for (const [index, call] of chosen.entries()) console.error(`${program}: ${call.tool}, ${call.name}`), found.set(call, await play(stage, call, `call-${index}`, program))
  } finally {
    await stage.close()
  }
  return found
}

async function play(stage, call, script, program) {
  const limit = { context: 100000, output: 8000 }
  const directory = stage.workspace({
    models: { "gpt-5-fake": { name: "Patches", tool_call: true, limit } },
    // The original knows no patterns for webfetch, and this server asks about addresses of this machine that no rule names.
    permission: { external_directory: "allow", webfetch: program === "opencode" ? "allow" : { "*": "allow", "127.0.0.1": "allow" } },
  })
  for (const [name, content] of Object.entries(call.files ?? {})) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    fs.writeFileSync(path.join(directory, name), content)
  }
  const request = async (method, route, body) => {
    const response = await fetch(`${stage.url}${route}?directory=${encodeURIComponent(directory)}`, {
      method, headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}\n${stage.server.output()}`)
    return response.json()
  }
  const session = await request("POST", "/session", {})
  await request("POST", `/session/${session.id}/message`, {
    model: { providerID: "fake", modelID: call.tool === "apply_patch" ? "gpt-5-fake" : "echo" },
    parts: [{ type: "text", text: `[script:${script}]` }],
  })
  const messages = await request("GET", `/session/${session.id}/message`)
  const { state } = messages.flatMap((message) => message.parts).filter((part) => part.type === "tool").at(-1)
  const seen = {
    status: state.status,
    title: state.title,
    output: state.output,
    error: state.error,
    metadata: state.metadata,
    attachments: state.attachments?.map(({ mime, url, filename }) => ({ mime, url: url.slice(0, 60), filename })),
    files: filesOf(directory),
    events: undefined,
  }
  return JSON.parse(JSON.stringify(seen).replaceAll(directory, "$DIR").replaceAll(address, "$SITE"))
}

function filesOf(directory) {
  const found = {}
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const name = path.relative(directory, path.join(entry.parentPath, entry.name))
    if (entry.isFile() && !name.startsWith(".git") && name !== "opencode.json") found[name] = fs.readFileSync(path.join(directory, name), "utf8")
  }
  return Object.fromEntries(Object.entries(found).sort())
}

// What a call returned, in a few words: the words of an error are each server's own.
function outcome(result) {
  const text = (result.error ?? result.output ?? "").split("\n")[0]
  return `${result.status}: ${text.length > 60 ? text.slice(0, 60) + "…" : text}`.replaceAll("|", "\\|")
}

function differences(theirs, ours, at = "") {
  const isMap = (value) => value !== null && typeof value === "object"
  if (!isMap(theirs) || !isMap(ours)) return theirs === ours ? [] : [at]
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].flatMap((key) => differences(theirs[key], ours[key], at ? `${at}.${key}` : key))
}
