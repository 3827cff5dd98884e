// Reads an SDK's event stream from server.connected on, and lets a test wait for what it needs.
const SAFETY_NET = 30_000

/** @param subscribed what `client.event.subscribe()` resolved to */
export async function watch(subscribed) {
  const seen = []
  const waiting = new Set()
  let ended = false
  const pump = (async () => {
    for await (const event of subscribed.stream) {
      seen.push(event)
      for (const wait of [...waiting]) wait()
    }
  })().finally(() => {
    ended = true
    for (const wait of [...waiting]) wait()
  })
  pump.catch(() => {})

  const watcher = {
    seen,
    /** The first event, seen or to come, that matches. The time-out only keeps a failing test from hanging. */
    until(matches, what = matches) {
      return new Promise((resolve, reject) => {
        const finish = (settle, value) => (clearTimeout(net), waiting.delete(look), settle(value))
        const look = () => {
          const found = seen.find(matches)
          if (found) finish(resolve, found)
          else if (ended) finish(reject, new Error(`stream ended before: ${what}`))
        }
        const net = setTimeout(
          () => finish(reject, new Error(`no event: ${what}; seen:\n${seen.map((event) => event.type).join("\n")}`)), SAFETY_NET)
        waiting.add(look)
        look()
      })
    },
    of: (sessionID, type) => seen.filter((event) => event.type === type && event.properties.sessionID === sessionID),
  }
  await watcher.until((event) => event.type === "server.connected")
  return watcher
}

/** Session idle for good: a failed turn says idle twice, and only the second time is its message closed. */
export const idle = (sessionID) => (event) => event.type === "session.idle" && event.properties.sessionID === sessionID
