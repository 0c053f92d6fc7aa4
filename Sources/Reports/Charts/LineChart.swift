/// How numbers run, as lines with bands of uncertainty around them.
public struct LineChart: Chart {
    /// One point of a line.
    public struct Point: Sendable, Hashable {
        /// Where it stands along the horizontal axis.
        public var x: Double
        /// The value.
        public var y: Double
        /// The band around it.
        public var band: ClosedRange<Double>?

        /// Creates a point.
        public init(_ x: Double, _ y: Double, band: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.band = band
        }
    }

    /// One line.
    public struct Series: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The points, from left to right.
        public var points: [Point]

        /// Creates a line.
        public init(_ name: String, _ points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    public var title: String
    /// The lines.
    public var series: [Series]
    /// What the horizontal axis is.
    public var xAxis: String
    /// What the vertical axis is.
    public var yAxis: String
    /// How the horizontal axis is spaced.
    public var xScale: AxisScale
    /// How the vertical axis is spaced.
    public var yScale: AxisScale
    /// A value to hold the lines against, such as 0.95 for coverage.
    public var reference: Double?

    /// Creates a chart.
    public init(
        title: String, series: [Series], xAxis: String, yAxis: String, xScale: AxisScale = .linear,
        yScale: AxisScale = .linear, reference: Double? = nil
    ) {
        self.title = title
        self.series = series
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.xScale = xScale
        self.yScale = yScale
        self.reference = reference
    }

    public func image(width: Double) -> SVGImage {
        let width = max(280, width)
        let lines = series.map { Series($0.name, $0.points.filter(isDrawable)) }
        let legend = Legend(
            lines.enumerated().map { index, line in
                Legend.Entry(name: line.name) { x, y in
                    .group(
                        ChartStyle.series(index),
                        [
                            .line(x - 7, y, x + 7, y, "hd-line"),
                            MarkShape(series: index).node(x, y, radius: 3.4, "hd-mark"),
                        ])
                }
            }, x: 4, y: 0, width: width - 8)
        let top = legend.height + 30, height = (min(width, 720) * 0.5).rounded()
        let points = lines.flatMap(\.points)
        let xs = ClosedRange.hull(points.map(\.x))
        var values = points.flatMap { [$0.y, $0.band?.lowerBound ?? .nan, $0.band?.upperBound ?? .nan] }
        if let reference { values.append(reference) }
        if yScale == .logarithmic { values.removeAll { $0 <= 0 } }
        var ys = ClosedRange.hull(values)
        if yScale == .linear { ys = ys.padded(0.05) }
        let yTicks = Ticks(ys, about: 5, kind: yScale),
            xTicks = Ticks(xs, about: Int(width / 90), kind: xScale)
        let left = PlotFrame.labelWidth(yTicks, label: yTicks.label)
        // Half of the last number stands beyond the axis.
        let last = xTicks.values.last.map { TextMeasure.width(xTicks.label($0), size: 11.5) / 2 + 2 } ?? 0
        let right = width - max(14, last)
        let frame = PlotFrame(
            x: Scale(domain: xs, start: left, end: right, kind: xScale),
            y: Scale(domain: ys, start: top + height, end: top, kind: yScale))
        var nodes = legend.nodes
        nodes += frame.verticalAxis(title: yAxis, ticks: yTicks, label: yTicks.label)
        nodes += frame.horizontalAxis(title: xAxis, ticks: xTicks, label: xTicks.label)
        if let reference {
            nodes.append(.line(left, frame.y(reference), right, frame.y(reference), "hd-dash"))
        }
        for (index, line) in lines.enumerated() {
            nodes.append(.group(ChartStyle.series(index), draw(line, frame, MarkShape(series: index))))
        }
        return SVGImage(
            width: width, height: top + height + 46, title: title, summary: summary, content: nodes)
    }

    private func isDrawable(_ point: Point) -> Bool {
        point.x.isFinite && point.y.isFinite && (xScale == .linear || point.x > 0)
            && (yScale == .linear || point.y > 0)
    }

    private func draw(_ line: Series, _ frame: PlotFrame, _ shape: MarkShape) -> [SVGNode] {
        var nodes: [SVGNode] = []
        let banded = line.points.filter { $0.band != nil }
        if banded.count > 1 {
            let upper = banded.map { (frame.x($0.x), frame.y.clamped($0.band!.upperBound)) }
            let lower = banded.reversed().map { (frame.x($0.x), frame.y.clamped($0.band!.lowerBound)) }
            nodes.append(.path(upper + lower, closed: true, "hd-band"))
        }
        if line.points.count > 1 {
            nodes.append(
                .path(line.points.map { (frame.x($0.x), frame.y($0.y)) }, "hd-line").with(
                    "stroke-linejoin", "round"))
        }
        // Beyond this many, marks would hide the line.
        if line.points.count <= 40 {
            for point in line.points {
                nodes.append(
                    shape.node(frame.x(point.x), frame.y(point.y), radius: 3.4, "hd-mark")
                        .titled(tooltip(line.name, point)))
            }
        }
        return nodes
    }

    private func tooltip(_ name: String, _ point: Point) -> String {
        var text = "\(name) at \(Self.short(point.x)): \(Self.short(point.y))"
        if let band = point.band {
            text += " (\(Self.short(band.lowerBound)) to \(Self.short(band.upperBound)))"
        }
        return text
    }

    private static func short(_ value: Double) -> String {
        NumberText.typographic(
            abs(value) >= 1000 ? NumberText.count(value) : NumberText.fixed(value, abs(value) >= 10 ? 1 : 3))
    }

    private var summary: String {
        let names = series.map { line -> String in
            guard let first = line.points.first, let last = line.points.last else {
                return "\(line.name) (no data)"
            }
            return "\(line.name) from \(Self.short(first.y)) to \(Self.short(last.y))"
        }
        return names.isEmpty
            ? "There is nothing to show." : "\(yAxis) against \(xAxis): \(names.joined(separator: "; "))."
    }
}
