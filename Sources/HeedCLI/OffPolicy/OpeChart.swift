import Heed

/// All estimates of all policies with their intervals, beside what the log itself earned.
struct OpeChart {
    let result: OpeJSON

    func image(width: Double) -> SVGImage {
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
                row.decimals = max(0, result.decimals - 1)
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
