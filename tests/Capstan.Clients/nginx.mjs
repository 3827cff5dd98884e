// nginx as an ordinary process: its own configuration and prefix, a free port, nothing of the machine's own set-up.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import fs from "node:fs"
import net from "node:net"
import path from "node:path"

const NGINX = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].find((file) => fs.existsSync(file)) ?? "nginx"
const SAFETY_NET = 10_000

export async function freePort() {
  const probe = net.createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address()
  probe.close()
  await once(probe, "close")
  return port
}

/** @param locations what stands in the `server` block, given the port that it listens on */
export async function startNginx(parent, locations) {
  if (spawnSync(NGINX, ["-v"]).error) throw new Error("nginx is not installed, and these tests are about it; ./test installs it (Debian's nginx-light)")
  const prefix = fs.mkdtempSync(path.join(parent, "nginx-"))
  const port = await freePort()
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${prefix}/${name};`).join(" ")
  fs.writeFileSync(path.join(prefix, "nginx.conf"), `
    daemon off; master_process off; worker_processes 1; pid ${prefix}/nginx.pid; error_log stderr warn;
    events { worker_connections 256; }
    http {
      access_log off; ${temporary}
      proxy_buffering on;
      proxy_read_timeout 2s;
      server { listen 127.0.0.1:${port}; ${locations(port)} }
    }`)
  const child = spawn(NGINX, ["-p", prefix, "-c", path.join(prefix, "nginx.conf"), "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] })
  const exited = once(child, "exit")
  let output = ""
  child.stderr.on("data", (chunk) => (output += chunk))
  for (const deadline = Date.now() + SAFETY_NET; !(await answers(port)); ) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL")
      throw new Error(`nginx does not listen\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    async close() {
      child.kill("SIGTERM")
      await exited
    },
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => (socket.destroy(), resolve(true)))
    socket.once("error", () => resolve(false))
  })
}
