import { expect } from "chai";
import { type Job, runJob } from "../job.ts";
import { createReconcile } from "../reconcile.ts";
import type { JobName } from "../report.ts";

const noon = new Date("2026-06-01T12:00:00.000Z");
const numbers = Array.from({ length: 100 }, (_, index) => index);

async function* pagesOfTen(): AsyncGenerator<number[]> {
  for (let start = 0; start < numbers.length; start += 10) yield numbers.slice(start, start + 10);
}

describe("A job of the reconciler", () => {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const options = { dryRun: false, isOver: () => false, log: (entry: (typeof logged)[number]) => logged.push(entry) };

  it("counts what it found, did and left", async () => {
    const job: Job = ({ each, done, left }) =>
      each(pagesOfTen(), String, async (number) => (number % 4 === 0 ? left() : done(number % 2 ? "odd" : "even")));
    expect(await runJob("numbers", job, options)).to.deep.equal({
      complete: true,
      found: 100,
      done: { odd: 50, even: 25 },
      left: 25,
      failed: { count: 0, ids: [] },
    });
  });

  it("goes on after each item that fails, and names the first twenty", async () => {
    const job: Job = ({ each, done }) =>
      each(
        pagesOfTen(),
        (number) => `number/${number}`,
        async (number) => {
          if (number % 2) throw new Error(`${number} is odd`);
          done("even");
        },
      );
    const report = await runJob("numbers", job, options);
    expect(report).to.deep.include({ complete: true, found: 100, done: { even: 50 } });
    expect(report.failed.count).to.equal(50);
    expect(report.failed.ids).to.have.length(20).and.to.include("number/1");
    expect(logged.filter(({ id }) => id === "number/99")).to.have.length(1);
  });

  it("is not complete when its list breaks off, and says so under its own name", async () => {
    async function* broken(): AsyncGenerator<number[]> {
      yield [1, 2];
      throw new Error("no connection");
    }
    const report = await runJob(
      "numbers",
      ({ each, done }) => each(broken(), String, async () => done("read")),
      options,
    );
    expect(report).to.deep.equal({
      complete: false,
      found: 2,
      done: { read: 2 },
      left: 0,
      failed: { count: 1, ids: ["numbers"] },
    });
  });

  it("begins nothing more once its time is over", async () => {
    let begun = 0;
    const job: Job = ({ each }) =>
      each(pagesOfTen(), String, async () => {
        begun += 1;
      });
    const report = await runJob("numbers", job, { ...options, isOver: () => begun >= 25 });
    expect(report).to.deep.include({ complete: false, found: begun });
    expect(begun).to.be.within(25, 33);
  });
});

describe("A run of the reconciler", () => {
  const seconds = (count: number) => new Date(noon.getTime() + count * 1000);

  /** Jobs for which every item takes a second. */
  function slowJobs(clock: { now: Date }): Record<JobName, Job> {
    const job: Job = ({ each, done }) =>
      each(pagesOfTen(), String, async () => {
        clock.now = new Date(clock.now.getTime() + 1000);
        done("seen");
      });
    return {
      photos: job,
      albums: job,
      multipart: job,
      quarantine: job,
      orphans: job,
      missing: job,
      counts: job,
    };
  }

  it("gives each job an even share of its time, and the next ones what others did not need", async () => {
    const clock = { now: noon };
    const slow = slowJobs(clock);
    const quick: Job = async () => {};
    const jobsOfRun = { ...slow, photos: quick, multipart: quick, quarantine: quick, orphans: quick, missing: quick };
    const run = createReconcile({ jobs: jobsOfRun, now: () => clock.now, log: () => {} });
    const { jobs, startedAt, finishedAt } = await run({ dryRun: false, deadline: seconds(60) });
    expect(startedAt).to.deep.equal(noon);
    expect(finishedAt.getTime()).to.be.within(seconds(60).getTime(), seconds(68).getTime());
    expect(jobs.photos).to.deep.include({ complete: true, found: 0 });
    expect(jobs.albums).to.include({ complete: false });
    expect(jobs.albums.found).to.be.within(10, 17);
    expect(jobs.counts.found).to.be.within(43, 57);
  });

  it("goes to the end of everything without a deadline", async () => {
    const clock = { now: noon };
    const run = createReconcile({ jobs: slowJobs(clock), now: () => clock.now, log: () => {} });
    for (const job of Object.values((await run({ dryRun: true })).jobs)) {
      expect(job).to.deep.include({ complete: true, found: 100, done: { seen: 100 } });
    }
  });

  it("ends early when it is told to", async () => {
    const clock = { now: noon };
    const run = createReconcile({ jobs: slowJobs(clock), now: () => clock.now, log: () => {} });
    const report = await run({ dryRun: false, signal: AbortSignal.abort() });
    for (const job of Object.values(report.jobs)) expect(job).to.deep.include({ complete: false, found: 0 });
  });
});
