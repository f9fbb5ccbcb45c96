/**
 * Decides whether a socket's local address serves what a target expects.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { AddressExpectation } from "../config/config.ts";

/** Tells whether a local address, as text, satisfies an expectation. */
export type AddressMatcher = (address: string) => boolean;

/**
 * Builds the matcher of an expectation.
 *
 * `0.0.0.0` covers every IPv4 address, `::` every address: procfs cannot tell
 * a v6-only `::` from a dual-stack one, and programs in Go or Java bind `::`
 * when they are told `0.0.0.0`.
 */
export function buildAddressMatcher(
  expectation: AddressExpectation,
): AddressMatcher {
  switch (expectation.kind) {
    case "any":
      return () => true;
    case "wildcard":
      return isWildcard;
    case "external":
      return (address) => !isLoopback(address);
    case "address":
    case "network": {
      const isWithin = buildNetworkMatcher(expectation.text);
      return (address) =>
        coversFamily(address, expectation.text) ||
        isWithin(address);
    }
    default:
      return expectation satisfies never;
  }
}

/** Whether an address stands for all local addresses. */
export function isWildcard(address: string): boolean {
  return address === "::" || address === "0.0.0.0" ||
    address === "::ffff:0.0.0.0";
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") ||
    address.startsWith("::ffff:127.");
}

/** Whether a wildcard receives what is sent to an address like `text`. */
function coversFamily(address: string, text: string): boolean {
  if (address === "::") return true;
  return isWildcard(address) && isVersion4(text);
}

function isVersion4(text: string): boolean {
  const [address = ""] = text.split("/");
  return ipaddr.process(address).kind() === "ipv4";
}

/**
 * Builds a matcher of what an address is, not of what reaches it: to ignore the
 * listeners of `127.0.0.0/8` is not to ignore a wildcard that covers it.
 */
export function buildExactAddressMatcher(
  expectation: AddressExpectation,
): AddressMatcher {
  return expectation.kind === "address" || expectation.kind === "network"
    ? buildNetworkMatcher(expectation.text)
    : buildAddressMatcher(expectation);
}

/** Matches addresses of a network; one address is a network of one. */
function buildNetworkMatcher(text: string): AddressMatcher {
  const [address = "", prefix] = text.split("/");
  const network = ipaddr.process(address);
  const length = prefix === undefined
    ? network.kind() === "ipv4" ? 32 : 128
    : Number(prefix);
  return (candidate) => {
    const local = ipaddr.process(candidate);
    return local.kind() === network.kind() && local.match(network, length);
  };
}
