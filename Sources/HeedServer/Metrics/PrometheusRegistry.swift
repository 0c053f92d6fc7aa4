import CoreMetrics
import Serving

/// Keeps metrics behind the swift-metrics API and writes them as Prometheus reads them.
///
/// The number of series is bounded: labels of a metric that would make too many go uncounted, and how many
/// did is a metric itself.
public final class PrometheusRegistry: MetricsFactory {
    enum Series {
        case counter(PrometheusCounter)
        case gauge(PrometheusGauge)
        case histogram(PrometheusHistogram)

        fileprivate var type: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private struct State {
        /// By name, then by labels as they are written.
        var families: [String: [String: Series]] = [:]
        var count = 0
        var dropped = 0
    }

    private let limit: Int
    private let state = Locked(State())

    /// - Parameter limit: the most series that are kept.
    public init(limit: Int = 2_000) { self.limit = limit }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
        -> any FloatingPointCounterHandler
    { counter(label, dimensions) }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        if aggregate { histogram(label, dimensions) } else { gauge(label, dimensions) }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    // Metrics stay for as long as the process: a series that comes and goes would read as a counter that
    // starts anew.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func counter(_ label: String, _ labels: [(String, String)]) -> PrometheusCounter {
        let series = find(label, labels) { .counter(PrometheusCounter()) }
        if case .counter(let counter) = series { return counter }
        return PrometheusCounter()
    }

    private func gauge(_ label: String, _ labels: [(String, String)]) -> PrometheusGauge {
        let series = find(label, labels) { .gauge(PrometheusGauge()) }
        if case .gauge(let gauge) = series { return gauge }
        return PrometheusGauge()
    }

    private func histogram(_ label: String, _ labels: [(String, String)]) -> PrometheusHistogram {
        let series = find(label, labels) { .histogram(PrometheusHistogram()) }
        if case .histogram(let histogram) = series { return histogram }
        return PrometheusHistogram()
    }

    /// The series of a name and labels; a new one where there is none. One that finds no room, or whose name
    /// stands for another kind of metric, is given out all the same but never written.
    private func find(_ label: String, _ labels: [(String, String)], _ make: () -> Series) -> Series {
        let name = PrometheusText.name(label)
        let text = PrometheusText.labels(labels)
        return state.withLock { state in
            if let found = state.families[name]?[text] { return found }
            let series = make()
            let isOdd = state.families[name]?.first.map { $0.value.type != series.type } ?? false
            guard state.count < limit, !isOdd else {
                state.dropped += 1
                return series
            }
            state.count += 1
            state.families[name, default: [:]][text] = series
            return series
        }
    }

    /// Everything in Prometheus' text format 0.0.4.
    public func text() -> String {
        let (families, dropped) = state.withLock { ($0.families, $0.dropped) }
        var out = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            guard let type = family.first?.value.type else { continue }
            out += "# TYPE \(name) \(type)\n"
            for (labels, series) in family.sorted(by: { $0.key < $1.key }) {
                switch series {
                case .counter(let counter): out += PrometheusText.line(name, labels, counter.value)
                case .gauge(let gauge): out += PrometheusText.line(name, labels, gauge.value)
                case .histogram(let histogram): out += PrometheusText.lines(name, labels, histogram)
                }
            }
        }
        out += "# TYPE heed_metrics_dropped_total counter\n"
        return out + PrometheusText.line("heed_metrics_dropped_total", "", Double(dropped))
    }
}
