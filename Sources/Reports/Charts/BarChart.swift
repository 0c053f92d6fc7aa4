/// One number for each of a few things, as bars from zero.
public struct BarChart: Chart {
    /// One bar.
    public struct Bar: Sendable, Hashable {
        /// What it is of.
        public var label: String
        /// The number.
        public var value: Double
        /// The interval around it.
        public var interval: ClosedRange<Double>?
        /// Whether to set it apart by colour.
        public var highlighted: Bool

        /// Creates a bar.
        public init(
            _ label: String, _ value: Double, interval: ClosedRange<Double>? = nil, highlighted: Bool = false
        ) {
            self.label = label
            self.value = value
            self.interval = interval
            self.highlighted = highlighted
        }
    }

    public var title: String
    /// The bars, from the top.
    public var bars: [Bar]
    /// What the axis measures.
    public var axis: String
    /// The decimals of the numbers beside the bars.
    public var decimals: Int

    /// Creates a chart.
    public init(title: String, bars: [Bar], axis: String, decimals: Int = 2) {
        self.title = title
        self.bars = bars
        self.axis = axis
        self.decimals = decimals
    }

    public func image(width: Double) -> SVGImage {
        let width = max(280, width), row = 26.0
        let widest = bars.map { TextMeasure.width($0.label, size: 13) }.max() ?? 0
        let label = min(widest + 4, width * 0.36)
        let numbers = 14 + (bars.map { TextMeasure.width(number($0), size: 11.5) }.max() ?? 0)
        let ends = bars.flatMap {
            [$0.value, $0.interval?.lowerBound ?? .nan, $0.interval?.upperBound ?? .nan]
        }
        let x = Scale(domain: ClosedRange.hull(ends + [0]), start: label + 12, end: width - numbers)
        let bottom = 6 + Double(bars.count) * row + 4
        let ticks = Ticks(x.domain, about: max(3, Int((x.end - x.start) / 80)))
        let frame = PlotFrame(x: x, y: Scale(domain: 0...1, start: bottom, end: 4))
        var nodes = frame.horizontalAxis(title: axis, ticks: ticks, label: ticks.label)
        for (index, bar) in bars.enumerated() {
            nodes.append(
                .group(
                    bar.highlighted ? "hd-s1" : "hd-s0",
                    self.bar(bar, y: 6 + (Double(index) + 0.5) * row, x: x, label: label, width: width)
                ).titled("\(bar.label): \(number(bar))"))
        }
        nodes.append(.line(x(0), 4, x(0), bottom, "hd-axis"))
        return SVGImage(width: width, height: bottom + 44, title: title, summary: summary, content: nodes)
    }

    private func bar(_ bar: Bar, y: Double, x: Scale, label: Double, width: Double) -> [SVGNode] {
        var nodes: [SVGNode] = [
            .text(
                label, y + 4.5, TextMeasure.elide(bar.label, size: bar.highlighted ? 14 : 13, to: label),
                bar.highlighted ? "hd-strong" : nil, anchor: "end")
        ]
        if bar.value.isFinite {
            nodes.append(
                .rect(
                    min(x(0), x(bar.value)), y - 8, abs(x(bar.value) - x(0)), 16, "hd-fill hd-bar",
                    radius: 1.5
                ).with("fill-opacity", "0.8"))
        }
        if let interval = bar.interval {
            let low = x.clamped(interval.lowerBound), high = x.clamped(interval.upperBound)
            nodes.append(.line(low, y, high, y, "hd-whisker"))
            nodes.append(.line(low, y - 4, low, y + 4, "hd-whisker"))
            nodes.append(.line(high, y - 4, high, y + 4, "hd-whisker"))
        }
        nodes.append(.text(width - 2, y + 4, number(bar), "hd-small", anchor: "end"))
        return nodes
    }

    private func number(_ bar: Bar) -> String {
        NumberText.typographic(NumberText.fixed(bar.value, decimals))
    }

    private var summary: String {
        if bars.isEmpty { return "There is nothing to show." }
        let shown = bars.prefix(12).map { "\($0.label) \(number($0))" }.joined(separator: ", ")
        return "\(axis): \(shown)\(bars.count > 12 ? " and \(bars.count - 12) more" : "")."
    }
}
