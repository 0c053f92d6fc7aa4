import Foundation
import HeedAPI
import Kernels

/// The mean and the spread of numbers that come, change and go again.
struct RunningMean: Sendable, Hashable {
    private(set) var count = 0
    /// Numbers are taken relative to the first one, so that a large mean does not swallow a small spread.
    private var shift = 0.0
    private var sum = 0.0
    private var squares = 0.0

    /// Adds a number.
    mutating func add(_ value: Double) {
        if count == 0 { shift = value }
        count += 1
        sum += value - shift
        squares += (value - shift) * (value - shift)
    }

    /// Takes back a number that was added.
    mutating func remove(_ value: Double) {
        guard count > 1 else {
            self = RunningMean()
            return
        }
        count -= 1
        sum -= value - shift
        squares -= (value - shift) * (value - shift)
    }

    /// Adds the numbers of another.
    mutating func merge(_ other: RunningMean) {
        guard other.count > 0 else { return }
        if count == 0 { shift = other.shift }
        let distance = other.shift - shift
        let size = Double(other.count)
        squares += other.squares + 2 * distance * other.sum + size * distance * distance
        sum += other.sum + size * distance
        count += other.count
    }

    /// The mean with its 95% interval (Student's t); `nil` where there is no number.
    var estimate: Estimate? {
        guard count > 0 else { return nil }
        let n = Double(count)
        let mean = shift + sum / n
        guard mean.isFinite else { return nil }
        let variance = (squares - sum * sum / n) / (n - 1)
        guard count > 1, variance.isFinite else { return Estimate(mean) }
        let half = Special.studentQuantile(0.975, df: n - 1) * (max(0, variance) / n).squareRoot()
        guard (mean - half).isFinite, (mean + half).isFinite else { return Estimate(mean) }
        return Estimate(mean, low: mean - half, high: mean + half)
    }
}
