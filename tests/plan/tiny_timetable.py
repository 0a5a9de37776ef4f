"""A coach's times minute by minute: drive until a rule forbids the next minute, then stand until somebody may drive it.

Slow and simple on purpose; it shares nothing with the package.
"""

DAY = 1440
SWAP, REST, DAILY, CONTINUOUS, NIGHT = 5, 20, 480, 240, 120


def timetable(legs, start, drivers, curfew=True, dwell=5):
    """Calls ``(stop index or None for a rest, arrives, departs)`` of a run over ``legs`` minutes of driving each."""
    run = _Run(start, drivers, curfew)
    calls = [(0, start, start)]
    for i, minutes in enumerate(legs, 1):
        for _ in range(minutes):
            if not run.may_drive(run.wheel, run.now, 0):
                arrives = run.now
                run.stand()
                calls.append((None, arrives, run.now))
            run.drive()
        arrives = run.now
        run.now += dwell if i < len(legs) else 0
        calls.append((i, arrives, run.now))
    return calls


class _Run:
    def __init__(self, start, drivers, curfew):
        self.now, self.wheel, self.curfew = start, 0, curfew
        self.driven = [[] for _ in range(drivers)]
        self.count = [0] * drivers

    def count_at(self, driver, minute):
        last = self.driven[driver][-1] + 1 if self.driven[driver] else -DAY
        return 0 if minute - last >= REST else self.count[driver]

    def may_drive(self, driver, minute, stood):
        m = minute % DAY
        if self.curfew and 120 <= m < 300:
            return False
        if driver != self.wheel and stood < SWAP:
            return False
        if self.count_at(driver, minute) + 1 > (NIGHT if m >= 1320 or m < 360 else CONTINUOUS):
            return False
        return sum(t > minute - DAY for t in self.driven[driver]) + 1 <= DAILY

    def stand(self):
        since = self.now
        while True:
            self.now += 1
            for driver in sorted(range(len(self.driven)), key=lambda d: d == self.wheel):
                if self.may_drive(driver, self.now, self.now - since):
                    self.wheel = driver
                    return

    def drive(self):
        self.count[self.wheel] = self.count_at(self.wheel, self.now) + 1
        self.driven[self.wheel].append(self.now)
        self.now += 1
