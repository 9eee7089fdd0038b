"""What a dealer's stock must be after each file, in plain Python: no sets, no SQL, no batches."""

import copy
from dataclasses import dataclass, field

BAD = "2060"


@dataclass(frozen=True)
class Cells:
    """A row of a file; an empty text is a blank cell."""

    stock_ref: str = ""
    vrm: str = ""
    price: str = "9000"
    mileage: str = "40000"
    year: str = "2015"
    vin: str = ""
    make: str = "Land Rover"

    @property
    def key(self) -> str:
        return f"id:{self.stock_ref}" if self.stock_ref else self.own_key

    @property
    def own_key(self) -> str:
        """What is said of this car alone, whatever its reference."""
        return f"vrm:{self.vrm}" if self.vrm else f"vin:{self.vin}" if self.vin else ""


@dataclass
class Advert:
    number: int
    stock_ref: str | None
    vrm: str | None
    vin: str | None
    make: str
    price: int | None
    mileage: int
    status: str = "live"
    is_locked: bool = False
    is_unlocked: bool = False


@dataclass
class Memory:
    """What the feed knows of an advert; its mark and VIN are the last that a row had."""

    advert: Advert
    key: str
    row: Cells
    vrm: str = ""
    vin: str = ""
    is_absent: bool = False
    is_gone: bool = False


@dataclass
class Entry:
    """A row on its way; `advert` is the car that it turns out to be, `counts` a later row of it."""

    number: int
    row: Cells
    key: str
    vrm: str
    vin: str
    is_seen: bool = False
    is_shared: bool = False
    is_asked: bool = False
    counts: "Entry | None" = None
    advert: Advert | None = None
    memory: Memory | None = None
    outcome: str = ""


@dataclass
class Stock:
    """A dealer with one feed of the whole stock."""

    clears_blanks: bool = False
    adverts: list[Advert] = field(default_factory=list)
    memory: dict[int, Memory] = field(default_factory=dict)
    cars_before: int | None = None

    def receive(self, rows: list[Cells], *, is_approved: bool) -> tuple[str, dict[str, int]]:
        """Apply a file; return the state of the run and how often there was each outcome."""
        entries = [self._entry(number, row) for number, row in enumerate(rows)]
        open_entries = [entry for entry in entries if not entry.outcome]
        self._identify(open_entries)
        for entry in open_entries:
            self._judge(entry)
        for entry in entries:
            if entry.outcome == "rejected":
                self._find_rejected(entry)
            elif not entry.outcome and not entry.is_seen and not entry.advert:
                entry.outcome = "" if entry.row.mileage else "rejected"
        absent = self._absent(entries)
        cars = sum(entry.outcome in ("", "held") for entry in entries)
        if self._brake(cars, absent) and not is_approved:
            return "held", {}
        self.cars_before = cars
        written = [entry for entry in entries if not entry.outcome and not entry.is_seen]
        self._write_known([entry for entry in written if entry.advert])
        for entry in [entry for entry in written if not entry.advert]:
            self._create(entry)
        for entry in entries:
            self._confirm(entry)
            if entry.outcome in ("rejected", "held") and entry.memory:
                entry.memory.is_absent = False
        outcomes = [entry.outcome for entry in entries]
        outcomes += [self._lack(memory, is_approved=is_approved) for memory in absent]
        return "done", {name: outcomes.count(name) for name in set(outcomes) - {""}}

    def _entry(self, number: int, row: Cells) -> Entry:
        for memory in reversed(self.memory.values()):
            if memory.row == row and not memory.is_gone and not memory.advert.is_unlocked:
                known = (memory.key, memory.vrm, memory.vin)
                return Entry(number, row, *known, is_seen=True, advert=memory.advert, memory=memory)
        outcome = "rejected" if not row.key or row.year == BAD else ""
        return Entry(number, row, row.key, row.vrm, row.vin, outcome=outcome)

    def _identify(self, entries: list[Entry]) -> None:
        """Find which rows are one car, and which advert each is: the VIN first, the number last."""
        self._last_counts(entries, lambda e: e.vin)
        vins: dict[str, set[str]] = {}
        for entry in entries:
            vins.setdefault(entry.vrm, set()).update({entry.vin} - {""})
        self._last_counts(
            entries,
            lambda e: e.vrm and ((e.vrm, e.vin) if len(vins[e.vrm]) > 1 else e.vrm),
        )
        self._part_shared(entries)
        self._last_counts(entries, lambda e: e.key.startswith("id:") and not e.is_shared and e.key)
        for find in (self._by_vin, self._by_vrm, self._by_key):
            found = [(e, find(e, entries)) for e in entries if not e.advert]
            for entry, advert in found:
                if advert:
                    entry.advert, entry.memory = advert, self.memory.get(advert.number)
                    entry.is_asked = find == self._by_key and self._contradicts(entry, advert)
        self._inherit(entries)
        self._last_counts(entries, lambda e: e.advert and not e.is_asked and id(e.advert))

    def _last_counts(self, entries: list[Entry], name_of) -> None:  # type: ignore[no-untyped-def]  # a name of any kind
        last: dict[object, Entry] = {}
        for entry in entries:
            name = name_of(entry) if entry.counts is None else None
            if name and name in last:
                last[name].counts = entry
            if name:
                last[name] = entry
        for entry in reversed(entries):
            if entry.counts and entry.counts.counts:
                entry.counts = entry.counts.counts

    def _part_shared(self, entries: list[Entry]) -> None:
        """A number that stands for several cars is none of theirs."""
        for key in {entry.key for entry in entries if entry.key.startswith("id:")}:
            of_it = [entry for entry in entries if entry.key == key]
            cars = [entry for entry in of_it if entry.counts is None]
            marks, vins = ({e.vrm for e in cars} - {""}, {e.vin for e in cars} - {""})
            if len(marks) > 1 or len(vins) > 1:
                for entry in of_it:
                    entry.is_shared = True
                    entry.key = Cells(vrm=entry.vrm, vin=entry.vin).key or key

    def _by_vin(self, entry: Entry, _entries: list[Entry]) -> Advert | None:
        return self._best([a for a in self.adverts if entry.vin and a.vin == entry.vin])

    def _by_vrm(self, entry: Entry, entries: list[Entry]) -> Advert | None:
        return self._best(
            [
                a
                for a in self.adverts
                if entry.vrm
                and a.vrm == entry.vrm
                and not self._differs(entry, a, "vin")
                and not any(
                    e.advert is a and not e.counts and e.vrm not in ("", entry.vrm) for e in entries
                )
            ]
        )

    def _by_key(self, entry: Entry, entries: list[Entry]) -> Advert | None:
        known = [m.advert for m in self.memory.values() if m.key == entry.key]
        free = [
            a
            for a in known
            if not entry.is_shared
            and not any(e.advert is a and not e.counts and e.key != entry.key for e in entries)
        ]
        agreeing = [
            a
            for a in free
            if not self._contradicts(entry, a)
            and (
                self._same(entry, a, "vin")
                or self._same(entry, a, "vrm")
                or a.make == entry.row.make
            )
        ]
        doubtful = [
            a
            for a in free
            if self._contradicts(entry, a)
            and a.make == entry.row.make
            and a.status in ("draft", "live", "expired")
            and (not self._differs(entry, a, "vin") or self._same(entry, a, "vrm"))
        ]
        return self._best(agreeing) or self._best(doubtful)

    def _best(self, adverts: list[Advert]) -> Advert | None:
        rank = {"live": 2, "sold": 0}

        def order(advert: Advert) -> tuple[int, bool, int]:
            memory = self.memory.get(advert.number)
            is_there = memory is None or not memory.is_gone
            return rank.get(advert.status, 1), is_there, advert.number

        return max(adverts, key=order, default=None)

    def _said(self, advert: Advert, name: str) -> set[str]:
        memory = self.memory.get(advert.number)
        return {getattr(advert, name) or "", getattr(memory, name) if memory else ""} - {""}

    def _same(self, entry: Entry, advert: Advert, name: str) -> bool:
        return getattr(entry, name) in self._said(advert, name)

    def _differs(self, entry: Entry, advert: Advert, name: str) -> bool:
        said = self._said(advert, name)
        return bool(getattr(entry, name) and said and getattr(entry, name) not in said)

    def _contradicts(self, entry: Entry, advert: Advert) -> bool:
        is_moved = self._differs(entry, advert, "vrm") and not self._same(entry, advert, "vin")
        return self._differs(entry, advert, "vin") or is_moved

    def _inherit(self, entries: list[Entry]) -> None:
        for other in entries:
            entry = other.counts
            if not (entry and other.advert and not self._differs(entry, other.advert, "vin")):
                continue
            if entry.advert is None or entry.outcome == "inherited":
                entry.advert, entry.memory = other.advert, other.memory
                entry.is_asked, entry.outcome = other.is_asked, "inherited"
        for entry in entries:
            entry.outcome = ""

    def _judge(self, entry: Entry) -> None:
        if entry.counts:
            entry.outcome = "duplicate"
        elif entry.is_asked:
            entry.outcome = "held"
        elif entry.is_shared and entry.key.startswith("id:") and not entry.is_seen:
            entry.outcome = "rejected"

    def _find_rejected(self, entry: Entry) -> None:
        there = [m for m in self.memory.values() if not m.is_gone]
        found = [m for m in there if entry.row.vrm and m.advert.vrm == entry.row.vrm]
        if not found:
            found = [
                m
                for m in there
                if entry.key
                and m.key == entry.key
                and (
                    not entry.row.vrm
                    or m.vrm == entry.row.vrm
                    or (m.advert.vrm is None and not m.vrm)
                )
            ]
        rank = {"live": 2, "sold": 0}
        found.sort(key=lambda m: (rank.get(m.advert.status, 1), m.advert.number))
        entry.memory = found[-1] if found else None

    def _absent(self, entries: list[Entry]) -> list[Memory]:
        there = {id(entry.memory) for entry in entries if entry.memory}
        return [m for m in self.memory.values() if not m.is_gone and id(m) not in there]

    def _brake(self, cars: int, absent: list[Memory]) -> bool:
        if not cars or (self.cars_before and cars < self.cars_before / 2):
            return True
        live = sum(m.advert.status == "live" and not m.is_gone for m in self.memory.values())
        new = sum(m.advert.status == "live" and not m.is_absent for m in absent)
        due = sum(m.advert.status == "live" and m.is_absent for m in absent)
        return max(new, due) >= 10 and max(new, due) > live * 0.2

    def _write_known(self, entries: list[Entry]) -> None:
        """Write all at once; where two live adverts would share a mark, in halves."""
        if not entries:
            return
        trial, tried = copy.deepcopy((self, entries))
        trial._write_all(tried)
        if trial._is_sound():
            self._write_all(entries)
            return
        if len(entries) == 1:
            entries[0].outcome = "rejected"
            return
        half = len(entries) // 2
        self._write_known(entries[:half])
        self._write_known(entries[half:])

    def _is_sound(self) -> bool:
        marks = [advert.vrm for advert in self.adverts if advert.status == "live" and advert.vrm]
        return len(marks) == len(set(marks))

    def _write_all(self, entries: list[Entry]) -> None:
        moving = [e for e in entries if e.advert and not self._is_ended(e, e.advert)]
        refs = {e.row.stock_ref: e.advert for e in moving if not e.is_shared}
        before = {advert.number: copy.copy(advert) for advert in self.adverts}
        for other in self.adverts:
            if other.stock_ref and refs.get(other.stock_ref, other) is not other:
                other.stock_ref = None
        for entry in entries:
            advert, row = entry.advert, entry.row
            assert advert is not None
            if self._is_ended(entry, advert):
                entry.outcome = "held"
                continue
            advert.vrm = row.vrm or advert.vrm
            advert.vin, advert.make = row.vin or advert.vin, row.make
            advert.mileage = int(row.mileage) if row.mileage else advert.mileage
            if row.stock_ref and not entry.is_shared:
                advert.stock_ref = row.stock_ref
            if not advert.is_locked and (row.price or self.clears_blanks):
                advert.price = int(row.price) if row.price else None
            entry.outcome = "unchanged" if advert == before[advert.number] else "updated"
        for entry in entries:
            self._stand(entry)

    def _is_ended(self, entry: Entry, advert: Advert) -> bool:
        """Whether a person has sold the car: its advert stays as it is."""
        return advert.status == "sold" and not (entry.memory and entry.memory.is_gone)

    def _stand(self, entry: Entry) -> None:
        advert = entry.advert
        assert advert is not None
        is_back = entry.memory is not None and entry.memory.is_gone
        stays_gone = False
        if entry.outcome != "held":
            if is_back and advert.status in ("withdrawn", "sold"):
                stays_gone = not self._publish(advert)
                entry.outcome = entry.outcome if stays_gone else "revived"
            elif advert.status == "draft" and self._publish(advert):
                entry.outcome = "updated"
        self._remember(entry, advert, stays_gone=stays_gone)

    def _publish(self, advert: Advert) -> bool:
        for other in self.adverts:
            same_mark = advert.vrm is not None and other.vrm == advert.vrm
            if other is not advert and other.status == "live" and same_mark:
                return False
        advert.status = "live"
        return True

    def _create(self, entry: Entry) -> None:
        row = entry.row
        for other in self.adverts:
            if row.stock_ref and not entry.is_shared and other.stock_ref == row.stock_ref:
                other.stock_ref = None
        price = int(row.price) if row.price else None
        advert = Advert(
            number=len(self.adverts),
            stock_ref=None if entry.is_shared else row.stock_ref or None,
            vrm=row.vrm or None,
            vin=row.vin or None,
            make=row.make,
            price=price,
            mileage=int(row.mileage),
            status="draft",
        )
        self.adverts.append(advert)
        self._publish(advert)
        entry.outcome = "created"
        self._remember(entry, advert)

    def _remember(self, entry: Entry, advert: Advert, *, stays_gone: bool = False) -> None:
        row, before = entry.row, self.memory.get(advert.number)
        self.memory[advert.number] = Memory(
            advert,
            entry.key,
            row,
            vrm=row.vrm or (before.vrm if before else ""),
            vin=row.vin or (before.vin if before else ""),
            is_gone=stays_gone,
        )
        advert.is_unlocked = False

    def _confirm(self, entry: Entry) -> None:
        if not entry.is_seen or not entry.memory or not entry.advert:
            return
        entry.memory.is_absent = False
        is_published = entry.advert.status == "draft" and self._publish(entry.advert)
        if not entry.outcome:
            entry.outcome = "updated" if is_published else "unchanged"

    def _lack(self, memory: Memory, *, is_approved: bool) -> str:
        advert = memory.advert
        is_live = advert.status == "live"
        if not (is_approved or memory.is_absent):
            memory.is_absent = True
            return "held" if is_live else ""
        memory.is_gone = True
        if is_live:
            advert.status = "withdrawn"
        return "withdrawn" if is_live else ""
