import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import type { S3Request } from "../protocol/request.ts";
import { invalidArgument, S3Error } from "../protocol/s3-error.ts";

/** A POST upload as far as its file: what follows the file is not read. */
export interface PostForm {
  /** By lower-case names. */
  readonly fields: ReadonlyMap<string, string>;
  readonly filename: string;
  readonly file: AsyncIterable<Buffer>;
  /** Lets go of the rest of the body; to be called however it ends. */
  close(): void;
}

/** S3 takes no more than 20 KB of form before the file. */
const largestFields = 20 * 1024;
const limits = {
  fieldNameSize: 1024,
  fieldSize: largestFields,
  fields: 200,
  files: 1,
  headerPairs: 20,
  headerSize: 8192,
};

/** Reads a form's fields and opens its file; rejects with S3's codes when it is none, or too large, or has no file. */
export async function readPostForm(request: S3Request): Promise<PostForm> {
  const contentType = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data\s*;.*boundary="?[^"\s]/i.test(contentType)) {
    throw new S3Error("PreconditionFailed", {
      message: "Bucket POST must be of the enclosure-type multipart/form-data",
      details: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  }
  const form = new Busboy({
    headers: { "content-type": contentType },
    limits,
    isPartAFile: (name) => name?.toLowerCase() === "file",
  });
  const fields = new Map<string, string>();
  const opened = Promise.withResolvers<PostForm>();
  let file: BusboyFileStream | undefined;
  let size = 0;

  const refuseFields = () => {
    opened.reject(new S3Error("MaxPostPreDataLengthExceededError"));
    form.destroy();
  };
  form.on("field", (name, value, nameCut, valueCut) => {
    size += name.length + value.length;
    if (nameCut || valueCut || size > largestFields) refuseFields();
    else fields.set(name.toLowerCase(), value);
  });
  form.on("fieldsLimit", refuseFields);
  form.on("file", (_, stream, filename) => {
    // Whoever reads the file sees its failure; that nobody reads it must not end the process.
    file = stream.on("error", () => {});
    opened.resolve({ fields, filename: filename ?? "", file: stream, close: () => void form.destroy() });
  });
  pipeline(request.openBody().bytes, form).then(
    () => opened.reject(invalidArgument("file", "", "POST requires exactly one file upload per request.")),
    (error: unknown) => {
      const failure = error instanceof S3Error ? error : new S3Error("MalformedPOSTRequest");
      opened.reject(failure);
      file?.destroy(failure);
    },
  );
  return opened.promise;
}
