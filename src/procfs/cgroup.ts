/**
 * Parses `/proc/<pid>/cgroup` (cgroups(7), kernel/cgroup/cgroup.c
 * `proc_cgroup_show()`): a line `id:controllers:path` for each hierarchy.
 *
 * @module
 */

/** Where a process belongs. */
export interface CgroupMembership {
  /**
   * systemd unit: `filebeat@asa.service`, `session-3.scope`; absent when the
   * process is in none.
   */
  readonly unit?: string;
  /** Container id, 64 hex digits; absent outside of containers. */
  readonly container?: string;
}

/**
 * Finds the unit and the container of a process.
 *
 * On cgroup v2 the line `0::` tells; on v1 and in hybrid set-ups systemd's own
 * hierarchy `name=systemd` does. The unit is the outermost component that is no
 * slice, as systemd itself counts (src/basic/cgroup-util.c
 * `cg_path_get_unit()`).
 */
export function parseCgroup(text: string): CgroupMembership {
  const path = findPath(text);
  const unit = path.split("/").find((component) =>
    /^[^/]+\.(?:service|scope|socket|mount|swap)$/.test(component)
  );
  // Of containers in containers, the innermost.
  const container = path.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g)?.at(
    -1,
  );
  return {
    ...(unit !== undefined && { unit: unescapeUnit(unit) }),
    ...(container !== undefined && { container }),
  };
}

function findPath(text: string): string {
  let unified = "";
  // Behind the last newline stands what was cut off.
  for (const line of text.split("\n").slice(0, -1)) {
    // Of all characters only a newline cannot be in a name.
    const match = /^\d+:([^:]*):(.*)$/s.exec(line);
    if (match?.[1] === "name=systemd" && match[2] !== "/") {
      return match[2] ?? "";
    }
    if (match?.[1] === "") unified = match[2] ?? "";
  }
  return unified;
}

/** systemd puts `_` in front of names that the kernel could take for its own. */
function unescapeUnit(component: string): string {
  return component.replace(/^_/, "");
}
