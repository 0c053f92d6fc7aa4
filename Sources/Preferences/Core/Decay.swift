import Foundation
import Signals

/// The factor by which an observation's weight has decayed.
struct Decay {
    private let halfLife: Double?
    private let last: Double

    init(_ log: FeedbackLog, halfLife: Double?) throws {
        self.halfLife = halfLife
        var last = -Double.infinity
        if let halfLife {
            if !(halfLife > 0) {
                throw PreferenceError.setting(
                    name: "half-life", value: "\(halfLife)", expected: "a positive time")
            }
            for context in [
                log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
            ] {
                for time in context.time.values where time > last { last = time }
            }
            if last == -.infinity {
                throw PreferenceError.setting(
                    name: "half-life", value: "\(halfLife) s",
                    expected: "left out: the feedback carries no times")
            }
        }
        self.last = last
    }

    /// The factor for something that happened at this time; 1 without a half-life or without a time.
    @inline(__always)
    func factor(_ time: Double) -> Double {
        guard let halfLife, !time.isNaN else { return 1 }
        return exp2((time - last) / halfLife)
    }
}
