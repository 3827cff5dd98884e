// Mutation tests of rooms: ./test --mutants ROOM... [--seed N]
// Prints the score and every mutant that was not killed, room by room; the exit status is 1 when one is below its threshold.
// Several rooms of one project share what takes longest before the first mutant is judged: putting all of the project's mutants in.
// Rooms with a sample are too large to judge whole: lines of their source are drawn by the seed until enough mutants can lie on them.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// Not every line of source that looks like a statement holds a mutant that can be judged: a hundred hold about sixty.
const linesPerMutant = 1.75;
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const rooms = JSON.parse(readFileSync(join(here, "rooms.json"), "utf8"));
const args = process.argv.slice(2);
const at = args.indexOf("--seed");
const seed = at < 0 ? 1 : Number(args[at + 1]);
const names = at < 0 ? args : args.slice(0, at);
const projects = new Set(names.map((name) => rooms[name]?.project));
if (projects.size !== 1 || projects.has(undefined) || !Number.isInteger(seed) || (at >= 0 && at !== args.length - 2)) {
  console.error(`usage: ./test --mutants ROOM... [--seed N]; several rooms must be of one project. Rooms: ${
    Object.entries(rooms).map(([name, room]) => `${name} (${room.project})`).join(", ")}`);
  process.exit(2);
}

const output = join(root, "artifacts/mutants", names.join("+"));
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const run = (command, args, environment = {}) =>
  spawnSync(command, args, { cwd: here, stdio: "inherit", env: { ...process.env, ...environment } }).status ?? 1;
if (run("dotnet", ["tool", "restore"]) !== 0) process.exit(1);
const mutate = names.map((name) => rooms[name]).flatMap((room) => {
  const files = filesOf(room);
  return room.sample ? sample(files, room.sample) : files.map((file) => `**/${relative(join(root, "src"), file)}`);
});
const all = [...new Set(names.flatMap((name) => rooms[name].tests))];
// A file that a listed folder has already would be compiled twice.
const tests = all.filter((test) => !all.some((folder) => test.startsWith(`${folder}/`)));
// The rules' tests start the program as well; it has no mutants.
if (tests.some((test) => test.endsWith("/Rules")) && run("dotnet", ["build", join(root, "src/Capstan"), "-c", "Release", "-v", "q", "--nologo"]) !== 0) process.exit(1);

// On a machine that is busy with other things a test host needs longer to start than a mutant may take, and every mutant would count as
// one that never ends.
const settings = join(output, "stryker.json");
const config = JSON.parse(readFileSync(join(here, "stryker.json"), "utf8"));
config["stryker-config"]["additional-timeout"] = Number(process.env.CAPSTAN_MUTANTS_TIMEOUT ?? 20) * 1000;
writeFileSync(settings, JSON.stringify(config));
const status = run(
  "dotnet",
  [
    "stryker", "--test-runner", "mtp", "--configuration", "Release", "--project", `${[...projects][0]}.csproj`,
    "--output", output, "--reporter", "json", "--reporter", "dots", "--config-file", settings,
    "--concurrency", process.env.CAPSTAN_MUTANTS_CONCURRENCY ?? "2",
    ...mutate.flatMap((pattern) => ["--mutate", pattern]),
  ],
  {
    CAPSTAN_MUTANTS_TESTS: tests.map((test) => `../${test}${test.endsWith(".cs") ? "" : "/**/*.cs"}`).join(";"),
    CAPSTAN_MUTANTS_WITHOUT: names.flatMap((name) => rooms[name].without ?? []).map((test) => `../${test}`).join(";"),
    // The amounts of what tests repeat; a mutant is judged by whether a test fails, not by how often it would.
    CAPSTAN_SIMULATION_SEEDS: "50",
    CAPSTAN_FAULT_PROMPTS: "50",
    CAPSTAN_SHELL_FUZZ_LINES: "50",
    // Analyzers have judged the source before; here they would only take time.
    RunAnalyzers: "false",
    UseSharedCompilation: "true",
  });
if (status !== 0) process.exit(status);
const result = JSON.parse(readFileSync(join(output, "reports/mutation-report.json"), "utf8"));
for (const name of names) report(name, rooms[name], result);

function filesOf(room) {
  return room.sources.flatMap((source) => readdirSync(join(root, source), { recursive: true }).map((file) => join(root, source, file)))
    .filter((file) => file.endsWith(".cs") && statSync(file).isFile()).sort();
}

// The lines are those of statements and expressions.
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

  const drawn = lines.slice(0, Math.ceil(size * linesPerMutant));
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

function report(name, room, result) {
  const count = { Killed: 0, Survived: 0, Timeout: 0, NoCoverage: 0 };
  const files = new Set(filesOf(room));
  for (const [file, { mutants, source }] of Object.entries(result.files).filter(([file]) => files.has(resolve(root, file)))) {
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
  if (score < (room.threshold ?? 0) || all === 0) process.exitCode = 1;
}
