/** Finds cars as buyers do; then puts a car up for sale as a dealer's own system does. */
import { readFile } from "node:fs/promises";
import { marketplace, pounds, told } from "./client";

const { MARKETPLACE_URL = "", MARKETPLACE_KEY = "" } = process.env;
const CAR = {
  make: "Ford",
  model: "Fiesta",
  derivative: "1.0 EcoBoost Zetec 5dr",
  year: 2018,
  mileage: 41_000,
  price: 8_995,
  fuel: "petrol",
  transmission: "manual",
  doors: 5,
} as const;

const buyer = marketplace(MARKETPLACE_URL);
const query = { q: "diesel land rover", count: "exact", page_size: 3 } as const;
const page = told(await buyer.GET("/api/v1/listings/", { params: { query } }));
console.log(`${page.count} cars for “diesel land rover”; the first ones:`);
for (const card of page.results) console.log(`  ${card.title}, ${pounds(card.price)}`);

const system = marketplace(MARKETPLACE_URL, MARKETPLACE_KEY);
const stock_ref = "QUICKSTART-TYPESCRIPT";
const { id } = told(
  await system.PUT("/api/v1/stock/by-ref/{stock_ref}/", {
    params: { path: { stock_ref } },
    body: CAR,
  }),
);
const params = { path: { id } };
const form = new FormData();
form.append("image", new Blob([new Uint8Array(await readFile("../car.jpg"))], { type: "image/jpeg" }), "car.jpg");
told(
  await system.POST("/api/v1/stock/{id}/photos/", {
    params,
    body: { image: "car.jpg" },
    bodySerializer: () => form,
  }),
);
say("Published", told(await system.POST("/api/v1/stock/{id}/publish/", { params })));
say("Repriced", told(await system.PATCH("/api/v1/stock/{id}/", { params, body: { price: 8_495 } })));
const body = { reason: "Quick start" };
say("Withdrawn", told(await system.POST("/api/v1/stock/{id}/withdraw/", { params, body })));

type Told = { title: string; price: number | null; status: string; sandbox: boolean };

function say(what: string, advert: Told): void {
  const whose = advert.sandbox ? "a sandbox: no buyer sees it" : "a dealer: buyers see it";
  console.log(`${what}: ${advert.title}, ${pounds(advert.price)}, ${advert.status}, of ${whose}`);
}
