import { execFile } from "node:child_process";
import { promisify } from "node:util";

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Resident memory in MiB. */
  readonly resident: number;
}

/** A process and all that it started, by `ps`, which Linux and macOS share. */
async function treeOf(root: number): Promise<Process[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const all = stdout.split("\n").flatMap((line): Process[] => {
    const [pid, parent, kibibytes] = line.trim().split(/\s+/).map(Number);
    return pid && parent !== undefined && kibibytes !== undefined ? [{ pid, parent, resident: kibibytes / 1024 }] : [];
  });
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** What a process and all that it started hold in memory, in MiB. */
export async function residentOf(root: number): Promise<number> {
  return (await treeOf(root)).reduce((sum, { resident }) => sum + resident, 0);
}

/** Runs `work` and resolves to the most that the tree held meanwhile, in MiB, sampled ten times a second. */
export async function peakOf(root: number, work: () => Promise<void>): Promise<number> {
  let peak = await residentOf(root);
  let over = false;
  const sampling = (async () => {
    while (!over) {
      peak = Math.max(peak, await residentOf(root));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await sampling;
  }
  return peak;
}
