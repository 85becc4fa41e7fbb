/** One bucket of an S3 store, whoever makes it: path-style requests, and none of the extensions that only AWS has. */
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { readCredential } from "../runtime/credentials.ts";

export interface StoreOptions {
  /** URL of the S3 API, without the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The key pair of this moment: asked for when it is first needed. */
  readonly keyPair: () => { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An object of the bucket; size in bytes. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly modified: Date;
}

/** Content of an object as it comes, and when it was stored, by the clock of the store. */
export interface StoredContent {
  readonly content: Readable;
  readonly modified: Date;
}

/** What every operation throws, in words: the store, the operation, the answer. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** HTTP status of the answer; undefined where none came. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status: number | undefined; readonly cause: unknown }) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** A part of a multipart upload is at least this large, in bytes; two are in memory at a time. */
const leastPart = 8 * 2 ** 20;
/** S3 takes 10 000 parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const mostParts = 9_000;

/** The store's bucket. Nothing is sent before the first operation; each is tried several times. */
export class Store {
  readonly #client: S3Client;
  readonly #endpoint: string;
  readonly #bucket: string;

  constructor({ endpoint, region, bucket, keyPair }: StoreOptions) {
    this.#endpoint = endpoint;
    this.#bucket = bucket;
    this.#client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: async () => keyPair(),
      maxAttempts: 5,
      // Stores other than AWS know these only in part: https://github.com/aws/aws-sdk-js-v3/issues/6810
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // A store may be silent while it puts the parts of a large object together.
      requestHandler: { connectionTimeout: 10_000, socketTimeout: 600_000 },
    });
  }

  /** Makes the bucket unless it is there. @returns whether it was made */
  async ensureBucket(): Promise<boolean> {
    if (await this.#hasBucket()) return false;
    await this.#do("make the bucket", () =>
      this.#client.send(new CreateBucketCommand({ Bucket: this.#bucket })),
    );
    return true;
  }

  /** All objects below a folder, in the order of their keys. */
  async list(folder: string): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    for (let after: string | undefined; ; ) {
      const page = await this.#do(`list ${folder}/ of the bucket`, () =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: `${folder}/`, ContinuationToken: after }),
        ),
      );
      for (const { Key: key = "", Size: size = 0, LastModified: modified = new Date(0) } of page.Contents ??
        [])
        objects.push({ key, size, modified });
      after = page.NextContinuationToken;
      if (!page.IsTruncated || !after) return objects;
    }
  }

  async read(key: string): Promise<StoredContent> {
    const { Body, LastModified: modified = new Date(0) } = await this.#do(`read ${key} of the bucket`, () =>
      this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key })),
    );
    // In Node.js it is one: https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/package/-aws-sdk-util-stream-node/
    return { content: Body as Readable, modified };
  }

  /** Stores a small object, at once. */
  async write(key: string, content: string): Promise<void> {
    const input = { Bucket: this.#bucket, Key: key, Body: content, ContentType: "application/json" };
    await this.#do(`write ${key} to the bucket`, () => this.#client.send(new PutObjectCommand(input)));
  }

  /** Stores a stream of so many bytes, in parts. There is no such object before all of them are there. */
  async upload(key: string, content: Readable, { size }: { readonly size: number }): Promise<void> {
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: this.#bucket, Key: key, Body: content, ContentLength: size },
      partSize: Math.max(leastPart, Math.ceil(size / mostParts)),
      queueSize: 2,
    });
    await this.#do(`write ${key} to the bucket`, () => upload.done());
  }

  /** Deletes an object; one that is not there is no error. */
  async delete(key: string): Promise<void> {
    await this.#do(`delete ${key} of the bucket`, () =>
      this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key })),
    );
  }

  /** Frees what uploads that began before a time, and never ended, have left behind. @returns their keys */
  async abandonUploads(folder: string, before: Date): Promise<string[]> {
    const { Uploads = [] } = await this.#do(`list unfinished uploads to ${folder}/ of the bucket`, () =>
      this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix: `${folder}/` })),
    );
    const abandoned = Uploads.filter(({ Initiated }) => Initiated && Initiated < before);
    for (const { Key, UploadId } of abandoned)
      await this.#do(`free an unfinished upload to ${Key} of the bucket`, () =>
        this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId })),
      );
    return abandoned.flatMap(({ Key }) => Key ?? []);
  }

  /** Ends its connections. */
  close(): void {
    this.#client.destroy();
  }

  async #hasBucket(): Promise<boolean> {
    try {
      await this.#do("look for the bucket", () =>
        this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket })),
      );
      return true;
    } catch (error) {
      if (error instanceof StoreError && error.status === 404) return false;
      throw error;
    }
  }

  async #do<T>(what: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (cause) {
      const status = statusOf(cause);
      const place = `bucket ${this.#bucket} of the object storage at ${this.#endpoint}`;
      throw new StoreError(`Could not ${what}: ${answerOf(cause, status)} (${place}).`, { status, cause });
    }
  }
}

/** The store that the environment leads to, with the key pair from its files. */
export function storeOf(settings: {
  readonly OBJECT_STORAGE_ENDPOINT: string;
  readonly OBJECT_STORAGE_REGION: string;
  readonly OBJECT_STORAGE_BUCKET: string;
}): Store {
  return new Store({
    endpoint: settings.OBJECT_STORAGE_ENDPOINT,
    region: settings.OBJECT_STORAGE_REGION,
    bucket: settings.OBJECT_STORAGE_BUCKET,
    keyPair: () => ({
      accessKeyId: readCredential("object-storage", "access-key-id"),
      secretAccessKey: readCredential("object-storage", "secret-access-key"),
    }),
  });
}

function statusOf(error: unknown): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/** An answer to HEAD has no body, so that its status is all there is. */
const meanings: Readonly<Record<number, string>> = {
  301: "the bucket is in another region",
  400: "the request was not understood",
  403: "the key pair is not accepted, or may not do this",
  404: "it is not there",
};

function answerOf(error: unknown, status: number | undefined): string {
  const { name, message } = error as Error;
  if (status === undefined) return message;
  const named = /^(Unknown|UnknownError|\d+)$/.test(name) ? "" : ` ${name}`;
  return `status ${status}${named}, ${meanings[status] ?? message}`;
}
