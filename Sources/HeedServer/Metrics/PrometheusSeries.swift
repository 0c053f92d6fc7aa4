import CoreMetrics
import Serving

/// A number that only grows.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler {
    private let total = Locked(0.0)

    var value: Double { total.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { if amount > 0, amount.isFinite { total.withLock { $0 += amount } } }
    func reset() { total.withLock { $0 = 0 } }
}

/// A number that goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let current = Locked(0.0)

    var value: Double { current.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How values spread: how many were at most so much.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    /// The counts of a moment.
    struct Snapshot {
        var counts: [Int]
        var sum: Double
        var count: Int
    }

    /// The upper ends of the buckets for seconds; the last one is endless.
    static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    let bounds: [Double]
    private let state: Locked<Snapshot>

    init(bounds: [Double] = seconds) {
        self.bounds = bounds
        state = Locked(Snapshot(counts: [Int](repeating: 0, count: bounds.count + 1), sum: 0, count: 0))
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
            $0.count += 1
        }
    }
}
