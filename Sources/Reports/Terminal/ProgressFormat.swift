/// How a line of progress reads.
struct ProgressFormat: Sendable {
    var label: String
    var total: Double?
    var unit: ProgressLine.Unit
    var width: Int
    var unicode = true

    /// The line after this much was done in so many seconds, within the width.
    func text(done: Double, seconds: Double) -> String {
        var parts: [String] = []
        let rate = seconds > 0 ? done / seconds : 0
        if let total, total > 0 {
            let share = min(max(done / total, 0), 1)
            parts.append("\(NumberText.percent(share.rounded(.down, to: 0.01))) \(bar(share))")
            parts.append("\(amount(rate))/s")
            if rate > 0, done < total { parts.append("\(NumberText.duration((total - done) / rate)) left") }
        } else {
            parts += [amount(done), "\(amount(rate))/s"]
        }
        let tail = parts.joined(separator: unicode ? " · " : ", ")
        // One column stays free: some terminals begin a new line when the last is written.
        let room = max(1, width - 1)
        let label = DisplayWidth.elide(
            Escaping.terminal(self.label), to: max(12, room - 2 - DisplayWidth.of(tail)),
            ellipsis: unicode ? "…" : "~")
        return DisplayWidth.elide("\(label)  \(tail)", to: room, ellipsis: unicode ? "…" : "~")
    }

    private func bar(_ share: Double) -> String {
        let size = width >= 70 ? 20 : 8, full = Int(share * Double(size))
        return String(repeating: unicode ? "━" : "#", count: full)
            + String(repeating: unicode ? "┄" : ".", count: size - full)
    }

    private func amount(_ value: Double) -> String {
        switch unit {
        case .bytes:
            for (size, name) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] where value >= size {
                return NumberText.fixed(value / size, value < 10 * size ? 1 : 0) + " " + name
            }
            return NumberText.fixed(value, 0) + " B"
        case .things(let name):
            let number =
                value >= 100 ? NumberText.count(value.rounded()) : NumberText.fixed(value, value < 10 ? 1 : 0)
            return name.isEmpty ? number : number + " " + name
        }
    }
}

extension Double {
    fileprivate func rounded(_ rule: FloatingPointRoundingRule, to step: Double) -> Double {
        (self / step + 1e-9).rounded(rule) * step
    }
}
