/**
 * Tells the errors of reading procfs apart.
 *
 * @module
 */

/**
 * Whether a process or file is gone: ENOENT, or ESRCH (3) when it went while
 * its file was open. Normal in a walk.
 */
export function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Error && /\(os error 3\)/.test(error.message);
}

/**
 * Whether a link leads to a path longer than a page (ENAMETOOLONG, 36), which
 * any process can have open; no link to a socket is.
 */
export function isTooLong(error: unknown): boolean {
  return error instanceof Error && /\(os error 36\)/.test(error.message);
}

/**
 * Whether reading itself failed (EMFILE, EIO): what could not be read is there
 * all the same, and neither gone nor hidden nor garbled.
 */
export function isFault(error: unknown): boolean {
  return !isGone(error) &&
    !(error instanceof Deno.errors.PermissionDenied) &&
    !(error instanceof SyntaxError);
}

/** One sentence for a file that could not be read. */
export function describeReadError(path: string, error: unknown): string {
  if (error instanceof SyntaxError) return error.message;
  if (error instanceof Deno.errors.NotFound) {
    return `Cannot read ${path}: it does not exist`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `Cannot read ${path}: permission denied; ` +
      "run as root or drop --path.procfs";
  }
  return `Cannot read ${path}: ${
    error instanceof Error ? error.message : String(error)
  }`;
}
