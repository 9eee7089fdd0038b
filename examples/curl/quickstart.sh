#!/bin/sh
# Finds cars as buyers do; then puts a car up for sale as a dealer's own system does, and takes it
# down again. Needs curl, MARKETPLACE_URL, and in MARKETPLACE_KEY the key of a sandbox dealer.
set -eu
cd "$(dirname "$0")"
API=$MARKETPLACE_URL/api/v1
STOCK=$API/stock

ask() { curl -sS --fail-with-body "$@"; }
write() { ask -H "Authorization: Bearer $MARKETPLACE_KEY" -H "Content-Type: application/json" "$@"; }
told() { grep -oE '"(status|sandbox|title|price|count)":("[^"]*"|[a-z0-9]+)' | paste -sd ' ' -; }

echo "Diesel Land Rovers, cheapest first:"
ask "$API/listings/?make=land-rover&fuel=diesel&ordering=price&page_size=1&count=exact" | told

echo "A car of your own, by the name that your system has for it:"
CAR=$(write -X PUT "$STOCK/by-ref/QUICKSTART-CURL/" -d '{
  "make": "Ford", "model": "Fiesta", "derivative": "1.0 EcoBoost Zetec 5dr", "year": 2018,
  "mileage": 41000, "price": 8995, "fuel": "petrol", "transmission": "manual", "doors": 5}')
echo "$CAR" | told
ID=$(echo "$CAR" | sed -E 's/^\{"id":([0-9]+),.*/\1/')

echo "Its photo, and on sale it goes:"
ask -H "Authorization: Bearer $MARKETPLACE_KEY" -F image=@../car.jpg "$STOCK/$ID/photos/" > /dev/null
write -X POST "$STOCK/$ID/publish/" | told

echo "Another price:"
write -X PATCH "$STOCK/$ID/" -d '{"price": 8495}' | told

echo "Taken down:"
write -X POST "$STOCK/$ID/withdraw/" -d '{"reason": "Quick start"}' | told
