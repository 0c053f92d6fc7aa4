import CoreMetrics
import Foundation
import HeedAPI
import Testing

@testable import HeedServer

@Suite struct MetricsTests {
    /// One line of the text format: a comment, or a name with labels and a number.
    private static let grammar =
        #"^(# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)|"#
        + #"[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*",?)+\})? (NaN|[+-]?Inf|[-+0-9.eE]+))$"#

    private static func expectSound(_ text: String) {
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            #expect(String(line).range(of: grammar, options: .regularExpression) != nil, "\(line)")
        }
    }

    @Test func theTextFormatHolds() {
        let registry = PrometheusRegistry()
        let labels = [("path", "a\\b\"c\nd"), ("odd name!", "é")]
        Counter(label: "hits.total", dimensions: labels, factory: registry).increment(by: 3)
        Gauge(label: "9lives", factory: registry).record(-1.5)
        Meter(label: "infinite", factory: registry).set(Double.infinity)
        let timer = CoreMetrics.Timer(label: "took_seconds", dimensions: [("route", "/x")], factory: registry)
        for milliseconds in [0.5, 1, 7, 30, 99_000] { timer.recordNanoseconds(Int64(milliseconds * 1e6)) }
        let text = registry.text()
        Self.expectSound(text)
        #expect(text.contains(#"hits_total{path="a\\b\"c\nd",odd_name_="é"} 3"#))
        #expect(text.contains("_9lives -1.5\n") && text.contains("infinite +Inf\n"))
        // Buckets are cumulative; the last holds all.
        #expect(text.contains(#"took_seconds_bucket{route="/x",le="0.001"} 2"#))
        #expect(text.contains(#"took_seconds_bucket{route="/x",le="0.01"} 3"#))
        #expect(text.contains(#"took_seconds_bucket{route="/x",le="+Inf"} 5"#))
        #expect(text.contains(#"took_seconds_count{route="/x"} 5"#))
    }

    @Test func theNumberOfSeriesIsBounded() {
        let registry = PrometheusRegistry(limit: 10)
        for number in 0..<100 {
            Counter(label: "c", dimensions: [("n", "\(number)")], factory: registry).increment()
        }
        let text = registry.text()
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("c{") }.count == 10)
        #expect(text.contains("heed_metrics_dropped_total 90"))
    }

    @Test func aNameStandsForOneKind() {
        let registry = PrometheusRegistry()
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", dimensions: [("a", "b")], factory: registry).record(2)
        #expect(registry.text().components(separatedBy: "# TYPE x ").count == 2)
    }

    @Test func pathsMakeNoSeries() async throws {
        try await TestServer.with { server in
            for number in 0..<30 {
                _ = try await server.ask("GET", "/made-up/\(number)")
                _ = try await server.ask("GET", "/v1/spaces/made\(number)", key: server.admin)
                _ = try await server.ask("MADE\(number)", "/healthz")
            }
            let answer = try await server.ask("GET", "/metrics", key: server.admin)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            Self.expectSound(answer.body)
            #expect(!answer.body.lowercased().contains("made"))
            #expect(answer.body.contains(#"route="/v1/spaces/{space}",status="404"} 30"#))
        }
    }
}
