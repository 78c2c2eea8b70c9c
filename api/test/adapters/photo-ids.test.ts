import { expect } from "chai";
import { validate, version } from "uuid";
import { createPhotoIds } from "../../adapters/photo-ids.ts";

const noon = new Date("2026-06-01T12:00:00.000Z");
const millisecondOf = (id: string) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

describe("Ids of photos", () => {
  it("are UUIDv7 of the time at which they are made", () => {
    const id = createPhotoIds(() => noon)();
    expect(validate(id)).to.equal(true);
    expect(version(id)).to.equal(7);
    expect(millisecondOf(id)).to.equal(noon.getTime());
  });

  it("sort in the order in which they were made, also when many are made at once or the clock steps back", () => {
    let milliseconds = noon.getTime();
    const newId = createPhotoIds(() => new Date(milliseconds));
    const ids = Array.from({ length: 10_000 }, (_, index) => {
      if (index === 5000) milliseconds -= 1000;
      return newId();
    });
    expect(ids).to.deep.equal(ids.toSorted());
    expect(new Set(ids)).to.have.property("size", ids.length);
  });

  it("differ between processes that make them at the same moment", () => {
    const [one, other] = [createPhotoIds(() => noon), createPhotoIds(() => noon)];
    expect(one()).not.to.equal(other());
  });
});
