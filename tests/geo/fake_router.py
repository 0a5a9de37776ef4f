"""A road server in a thread: answers as Valhalla and OSRM do over made-up one-way roads, and misbehaves on demand."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def road(start, end):
    """Seconds and metres from one (lat, lon) to another: uphill is slower, so that both directions differ."""
    north, east = end[0] - start[0], end[1] - start[1]
    metres = 100_000 * (abs(north) + abs(east))
    return round(metres / 20 + max(0, north) * 1_000, 1), round(metres, 1)


class FakeRouter:
    """What the server was asked (pairs of points), and what it is to do next.

    ``ill`` holds what the next requests get instead of an answer, one each: a status, bytes, or "slow"/"cut".
    ``lost`` are points without a road, ``most`` the places a request may have, ``far_m`` how far OSRM moved a point.
    """

    def __init__(self):
        self.asked, self.requests, self.ill, self.lost, self.most, self.far_m = [], 0, [], set(), 10_000, {}
        self.heard = []
        self.let_go = threading.Event()
        self.url = ""

    def answer(self, handler, body):
        self.requests += 1
        self.heard.append((handler.path, body))
        wrong = self.ill.pop(0) if self.ill else None
        if wrong == "slow":
            self.let_go.wait(10)
            return None
        if wrong == "cut":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
            return None
        if isinstance(wrong, int):
            return wrong, b"busy"
        if isinstance(wrong, bytes):
            return 200, wrong
        return self._valhalla(json.loads(body)) if body else self._osrm(handler.path)

    def _valhalla(self, question):
        assert question["costing"] == "bus"
        sides = [[(p["lat"], p["lon"]) for p in question[side]] for side in ("sources", "targets")]
        if len(sides[0]) * len(sides[1]) > self.most:
            return 400, json.dumps({"error_code": 150, "error": "Exceeded max locations"}).encode()
        if any(p in self.lost for side in sides for p in side):
            return 400, json.dumps({"error_code": 171, "error": "No suitable edges near location"}).encode()
        rows = [[self._cell(a, b) for b in sides[1]] for a in sides[0]]
        cells = [
            [
                {"from_index": i, "to_index": j, "time": c and int(c[0]), "distance": c and c[1] / 1000}
                for j, c in enumerate(row)
            ]
            for i, row in enumerate(rows)
        ]
        return 200, json.dumps({"sources_to_targets": cells, "units": "kilometers"}).encode()

    def _osrm(self, path):
        parts = urlsplit(path)
        places = [tuple(map(float, p.split(",")))[::-1] for p in parts.path.rpartition("/")[2].split(";")]
        query = parse_qs(parts.query)
        sides = [[places[int(k)] for k in query[side][0].split(";")] for side in ("sources", "destinations")]
        if len(sides[0]) * len(sides[1]) > self.most:
            return 400, json.dumps({"code": "TooBig", "message": "Too many table coordinates"}).encode()
        rows = [[None if {a, b} & self.lost else self._cell(a, b) for b in sides[1]] for a in sides[0]]
        said = {"code": "Ok"}
        said["durations"] = [[c and c[0] for c in row] for row in rows]
        said["distances"] = [[c and c[1] for c in row] for row in rows]
        for name, side in zip(("sources", "destinations"), sides, strict=True):
            said[name] = [{"distance": self.far_m.get(p, 3.0)} for p in side]
        return 200, json.dumps(said).encode()

    def _cell(self, a, b):
        self.asked.append((a, b))
        return road(a, b)


@contextmanager
def running(port=0):
    """A fake server on this machine; gone afterwards."""
    router = FakeRouter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._reply(b"")

        def do_POST(self):
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, body):
            said = router.answer(self, body)
            if said is not None:
                self.send_response(said[0])
                if 300 <= said[0] < 400:
                    self.send_header("Location", f"{router.url}/elsewhere")
                self.send_header("Content-Length", str(len(said[1])))
                self.end_headers()
                self.wfile.write(said[1])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        router.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield router
        finally:
            router.let_go.set()
            server.shutdown()
            thread.join()
