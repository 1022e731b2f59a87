// The files of the page, which the build compiles from src/console/page into this module. In the
// source there are none, and the console says so.

/** A file of the page. */
export interface PageFile {
  /** With the hash of its content: `page-3f9a2c71.js`. */
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** All files of the page. */
export const PAGE_FILES: readonly PageFile[] = [];
