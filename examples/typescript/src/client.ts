/** The marketplace's API, in the types that are generated from its OpenAPI document. */
import createClient from "openapi-fetch";
import type { components, paths } from "./marketplace";

export type Card = components["schemas"]["Card"];
export type Advert = components["schemas"]["ListingDetail"];
export type Page = components["schemas"]["ListingPage"];

export function marketplace(address: string, key?: string) {
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  return createClient<paths>({ baseUrl: address, headers });
}

/** Return what an answer says; throw what a refusal says. */
export function told<Told>(answer: { data?: Told; error?: { detail: string } }): Told {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "No answer.");
  return answer.data;
}

export function pounds(price: number | null): string {
  return price === null ? "Price on application" : `£${price.toLocaleString("en-GB")}`;
}
