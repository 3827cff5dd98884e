// Starts the server under test and a workspace for it, in isolation from the machine's own OpenCode.
//   SERVER=capstan (default)  dotnet <CAPSTAN_DLL or the Release build> serve …
//   SERVER=opencode           the pinned opencode-ai package, to see that the scenarios are true of the original
//   CAPSTAN_URL=http://…      a server that runs already; its configuration is then the caller's affair
import { execFileSync, spawn } from "node:child_process"
import fs from "node:fs"
import os from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { startModel } from "./model.mjs"

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.resolve(here, "../..")

export const SERVER = process.env.SERVER ?? "capstan"
export const OPENCODE = path.join(here, "node_modules/.bin/opencode")
const CAPSTAN = process.env.CAPSTAN_DLL ?? path.join(root, "src/Capstan/bin/Release/net10.0/capstan.dll")

// The line that the SDK's createOpencodeServer waits for: it must begin the line, and the address follows "on".
const LISTENING = /^opencode server listening.*on\s+(https?:\/\/\S+)/m
const SAFETY_NET = 60_000

/** An environment in which neither the user's configuration nor the network is seen. */
export function isolatedEnvironment(home) {
  const env = {}
  for (const name of ["PATH", "LANG", "TMPDIR", "DOTNET_ROOT"]) if (process.env[name]) env[name] = process.env[name]
  return {
    ...env,
    HOME: home,
    XDG_DATA_HOME: path.join(home, "data"),
    XDG_CONFIG_HOME: path.join(home, "config"),
    XDG_STATE_HOME: path.join(home, "state"),
    XDG_CACHE_HOME: path.join(home, "cache"),
    GIT_CONFIG_NOSYSTEM: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    DOTNET_CLI_TELEMETRY_OPTOUT: "1",
  }
}

/** A git repository with one commit, whose configuration makes fake/echo the model. */
export function createWorkspace(parent, modelUrl, { models, ...config } = {}) {
  const directory = fs.mkdtempSync(path.join(parent, "workspace-"))
  fs.writeFileSync(path.join(directory, "hello.txt"), "line one\nline two\nline three\n")
  fs.writeFileSync(
    path.join(directory, "opencode.json"),
    JSON.stringify(
      {
        $schema: "https://opencode.ai/config.json",
        model: "fake/echo",
        small_model: "fake/echo",
        provider: {
          fake: {
            npm: "@ai-sdk/openai-compatible",
            name: "Fake",
            options: { baseURL: modelUrl, apiKey: "sk-fake" },
            models: {
              echo: { name: "Echo", tool_call: true, limit: { context: 100000, output: 8000 }, cost: { input: 1, output: 2, cache_read: 0.5 } },
              ...models,
            },
          },
        },
        ...config,
      },
      null,
      2,
    ),
  )
  const identity = { GIT_AUTHOR_NAME: "test", GIT_AUTHOR_EMAIL: "test@example.invalid", GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
    GIT_COMMITTER_NAME: "test", GIT_COMMITTER_EMAIL: "test@example.invalid", GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z" }
  const git = (...args) =>
    execFileSync("git", args, { cwd: directory, env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", ...identity } })
  git("init", "--quiet", "--initial-branch=main")
  git("add", "hello.txt")
  git("commit", "--quiet", "--message", "first")
  return directory
}

/** Starts `serve` and resolves with its address once it says that it listens. */
export async function startServer(home, cwd, program = SERVER) {
  if (process.env.CAPSTAN_URL) return { url: process.env.CAPSTAN_URL, output: () => "", close: async () => {} }

  const args = ["serve", "--port", "0", "--hostname", "127.0.0.1"]
  const [command, argv] = program === "opencode" ? [OPENCODE, args] : ["dotnet", [CAPSTAN, ...args]]
  const child = spawn(command, argv, { cwd, env: isolatedEnvironment(home), stdio: ["ignore", "pipe", "pipe"] })
  const exited = new Promise((resolve) => child.once("exit", resolve))
  let output = ""
  const url = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${program}: ${why}\n${output}`))
    const net = setTimeout(() => (child.kill("SIGKILL"), fail("no listening line")), SAFETY_NET)
    child.once("error", (error) => (clearTimeout(net), fail(error.message)))
    child.once("exit", (code) => (clearTimeout(net), fail(`exited with ${code} before it listened`)))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.stdout.on("data", (chunk) => {
      output += chunk
      const match = output.match(LISTENING)
      if (match) clearTimeout(net), resolve(match[1])
    })
  })
  return {
    url,
    output: () => output,
    async close() {
      child.kill("SIGTERM")
      const net = setTimeout(() => child.kill("SIGKILL"), 5000)
      await exited
      clearTimeout(net)
    },
  }
}

/** Everything that a file of scenarios needs: a model, a server with the given configuration of its own, and workspaces on demand. */
export async function startStage(scripts, config, program = SERVER) {
  const home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "capstan-clients-")))
  if (config) {
    fs.mkdirSync(path.join(home, "config/opencode"), { recursive: true })
    fs.writeFileSync(path.join(home, "config/opencode/opencode.json"), JSON.stringify(config))
  }
  const model = await startModel(scripts)
  const server = await startServer(home, home, program).catch((error) => {
    model.close()
    throw error
  })
  return {
    home,
    model,
    server,
    url: server.url,
    workspace: (config) => createWorkspace(home, model.url, config),
    async close() {
      await server.close()
      model.close()
      fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The client program itself: `opencode run --attach URL …`, whichever server is behind the address. */
export function opencodeRun(stage, directory, args) {
  const home = path.join(stage.home, "client")
  fs.mkdirSync(home, { recursive: true })
  return new Promise((resolve, reject) => {
    // With --attach the directory is not sent unless it is named; without it the server would use its own.
    const env = { ...isolatedEnvironment(home), PWD: directory }
    const child = spawn(OPENCODE, ["run", "--attach", stage.url, "--dir", directory, ...args], { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] })
    let stdout = "", stderr = ""
    const net = setTimeout(() => child.kill("SIGKILL"), SAFETY_NET)
    child.stdout.on("data", (chunk) => (stdout += chunk))
    child.stderr.on("data", (chunk) => (stderr += chunk))
    child.once("error", reject)
    child.once("close", (code) => (clearTimeout(net), resolve({ code, stdout, stderr })))
  })
}
