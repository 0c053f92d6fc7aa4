import Foundation
import Heed

/// All estimates of all policies with their intervals, beside what the log itself earned.
struct OpeChart {
    let result: OpeJSON

    init(_ result: OpeJSON) { self.result = result }

    func image(width: Double) -> SVGImage {
        // Three digits of the largest value.
        let largest =
            result.policies.flatMap { [$0.logging.value, $0.estimate.value.value] }.map(abs).max() ?? 1
        let decimals = largest > 0 ? min(8, max(0, 2 - Int(log10(largest).rounded(.down)))) : 2
        var rows: [ForestPlot.Row] = []
        for policy in result.policies {
            for (place, estimate) in ([policy.estimate] + policy.others).enumerated() {
                let value = estimate.value.value
                var row = ForestPlot.Row(
                    estimate.estimator, score: value,
                    interval: min(
                        estimate.value.lower ?? value, value)...max(estimate.value.upper ?? value, value))
                row.group = policy.policy
                row.highlighted = place == 0
                row.reference = policy.logging.value
                row.decimals = decimals
                rows.append(row)
            }
        }
        return ForestPlot(
            title: "What the policies would have earned", rows: rows, axis: "value of a decision",
            referenceName: "what the log earned", highlightName: "decides",
            headings: ("estimator", "value (interval)")
        ).image(width: width)
    }
}
