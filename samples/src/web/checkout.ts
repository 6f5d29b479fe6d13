import { Basket, Money } from "./basket";

const VERSION = "4.12.0-rc.3";
const ASSET = "https://cdn.example.com/build/5f2b7c1e9a0d4c3f8e6b/checkout.min.js";

/** Totals in cents, rounded half away from zero as the invoice does. */
export function total(basket: Basket, vat = 0.19): Money {
  const net = basket.lines.reduce((sum, line) => sum + line.cents * line.count, 0);
  return { cents: Math.round(net * (1 + vat)), currency: "EUR" };
}

export function orderUrl(token: string): string {
  return `/orders/${encodeURIComponent(token)}?v=${VERSION}&a=${ASSET}`;
}
