/// The area that a chart's axes span, and its axes.
struct PlotFrame: Sendable {
    var x: Scale
    var y: Scale

    private var left: Double { min(x.start, x.end) }
    private var right: Double { max(x.start, x.end) }
    private var top: Double { min(y.start, y.end) }
    private var bottom: Double { max(y.start, y.end) }

    /// Vertical grid lines with numbers below.
    func horizontalAxis(
        title: String?, ticks: Ticks, label: (Double) -> String, titleGap: Double = 36
    ) -> [SVGNode] {
        var nodes: [SVGNode] = []
        for value in ticks.values {
            nodes.append(.line(x(value), top, x(value), bottom, "hd-grid"))
            nodes.append(.text(x(value), bottom + 17, label(value), "hd-muted hd-small", anchor: "middle"))
        }
        nodes.append(.line(left, bottom, right, bottom, "hd-axis"))
        if let title {
            nodes.append(
                .text((left + right) / 2, bottom + titleGap, title, "hd-muted hd-small", anchor: "middle"))
        }
        return nodes
    }

    /// Horizontal grid lines with numbers at the left, the title above them.
    func verticalAxis(title: String?, ticks: Ticks, label: (Double) -> String) -> [SVGNode] {
        var nodes: [SVGNode] = []
        for value in ticks.values {
            nodes.append(.line(left, y(value), right, y(value), "hd-grid"))
            nodes.append(.text(left - 7, y(value) + 4, label(value), "hd-muted hd-small", anchor: "end"))
        }
        nodes.append(.line(left, top, left, bottom, "hd-axis"))
        if let title { nodes.append(.text(2, top - 10, title, "hd-muted hd-small")) }
        return nodes
    }

    /// The space that the numbers of a vertical axis need.
    static func labelWidth(_ ticks: Ticks, label: (Double) -> String) -> Double {
        14 + (ticks.values.map { TextMeasure.width(label($0), size: 11.5) }.max() ?? 0)
    }
}
