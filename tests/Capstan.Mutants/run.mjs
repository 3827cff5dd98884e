// Mutation tests of one room: ./test --mutants ROOM [--seed N]
// Prints the score and every mutant that was not killed; the exit status is 1 below the room's threshold.
// Rooms with a sample are too large to judge whole: lines of their source are drawn by the seed until enough mutants can lie on them.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const rooms = JSON.parse(readFileSync(join(here, "rooms.json"), "utf8"));
const [name, ...options] = process.argv.slice(2);
const room = rooms[name];
const seed = options[0] === "--seed" ? Number(options[1]) : 1;
if (!room || !Number.isInteger(seed) || (options.length !== 0 && options.length !== 2)) {
  console.error(`usage: ./test --mutants ROOM [--seed N]; rooms: ${Object.keys(rooms).join(", ")}`);
  process.exit(2);
}

const output = join(root, "artifacts/mutants", name);
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const run = (command, args, environment = {}) =>
  spawnSync(command, args, { cwd: here, stdio: "inherit", env: { ...process.env, ...environment } }).status ?? 1;
if (run("dotnet", ["tool", "restore"]) !== 0) process.exit(1);

const files = room.sources.flatMap((source) => filesOf(join(root, source)));
const mutate = room.sample ? sample(files, room.sample) : files.map((file) => `**/${relative(join(root, "src"), file)}`);
const status = run(
  "dotnet",
  [
    "stryker", "--test-runner", "mtp", "--configuration", "Release", "--project", `${room.project}.csproj`,
    "--output", output, "--reporter", "json", "--reporter", "progress", "--config-file", "stryker.json",
    "--concurrency", process.env.CAPSTAN_MUTANTS_CONCURRENCY ?? "2",
    ...mutate.flatMap((pattern) => ["--mutate", pattern]),
  ],
  {
    CAPSTAN_MUTANTS_TESTS: room.tests.map((test) => `../${test}${test.endsWith(".cs") ? "" : "/**/*.cs"}`).join(";"),
    // The amounts of what tests repeat; a mutant is judged by whether a test fails, not by how often it would.
    CAPSTAN_SIMULATION_SEEDS: "50",
    CAPSTAN_FAULT_PROMPTS: "50",
    // Analyzers have judged the source before; here they would only take time.
    RunAnalyzers: "false",
    UseSharedCompilation: "true",
  });
if (status !== 0) process.exit(status);
report(JSON.parse(readFileSync(join(output, "reports/mutation-report.json"), "utf8")));

function filesOf(folder) {
  return readdirSync(folder, { recursive: true }).map((file) => join(folder, file))
    .filter((file) => file.endsWith(".cs") && statSync(file).isFile()).sort();
}

// The lines are those of statements and expressions; on most of them lie one or two mutants.
function sample(files, size) {
  const lines = files.flatMap((file) => {
    let start = 0;
    return readFileSync(file, "utf8").split("\n").map((text) => {
      const line = { file, start, end: start + text.length, text };
      start += text.length + 1;
      return line;
    });
  }).filter((line) => /==|!=|<=|>=|&&|\|\||\?|=>|return|await|\+\+|--|"|if \(|while \(|\w\(.*\);/.test(line.text) && !/^\s*(\/\/|using |namespace |\[)/.test(line.text));
  const random = generator(seed);
  for (let i = lines.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [lines[i], lines[j]] = [lines[j], lines[i]];
  }

  const drawn = lines.slice(0, size);
  return [...new Set(drawn.map((line) => line.file))].map((file) =>
    `**/${relative(join(root, "src"), file)}${drawn.filter((line) => line.file === file).map((line) => `{${line.start}..${line.end}}`).join("")}`);
}

// Mulberry32: small, and the same everywhere.
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function report(result) {
  const count = { Killed: 0, Survived: 0, Timeout: 0, NoCoverage: 0 };
  for (const [file, { mutants, source }] of Object.entries(result.files)) {
    for (const mutant of mutants.filter((mutant) => mutant.status in count)) {
      count[mutant.status]++;
      if (mutant.status === "Survived" || mutant.status === "NoCoverage") {
        const { start, end } = mutant.location;
        const lines = source.split("\n").slice(start.line - 1, end.line);
        lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
        lines[0] = lines[0].slice(start.column - 1);
        const shown = (text) => text.replace(/\s+/g, " ").trim().slice(0, 100);
        console.log(`${mutant.status.padEnd(10)} ${relative(root, file)}:${start.line} ${mutant.mutatorName}: ${shown(lines.join("\n"))} -> ${shown(mutant.replacement ?? "")}`);
      }
    }
  }

  const all = count.Killed + count.Survived + count.Timeout + count.NoCoverage;
  const score = all === 0 ? 0 : (100 * (count.Killed + count.Timeout)) / all;
  console.log(`${name}: ${score.toFixed(1)} %: ${count.Killed} killed, ${count.Timeout} timed out, ${count.Survived} survived, ${count.NoCoverage} not covered`
    + (room.sample ? ` (a sample, seed ${seed})` : ""));
  process.exitCode = score >= (room.threshold ?? 0) && all > 0 ? 0 : 1;
}
