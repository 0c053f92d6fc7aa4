/// Who judges like whom: judges as points in the plane, near those with whom they agree.
///
/// Groups differ in colour and shape, size shows how many answers a judge gave, and a full mark agrees with
/// the rest where a hollow one does not. Only the judges that stand out are named; the rest say who they are
/// when pointed at.
public struct JudgePlot: Chart {
    /// One judge.
    public struct Point: Sendable, Hashable {
        /// The judge.
        public var name: String
        /// The place along the first axis.
        public var x: Double
        /// The place along the second axis.
        public var y: Double
        /// The group that the judge is in.
        public var group: String?
        /// How many answers the judge gave.
        public var answers: Double
        /// How far the judge agrees with the others: 1 always, 0 no more than by chance.
        public var agreement: Double?

        /// Creates a point.
        public init(
            _ name: String, x: Double, y: Double, group: String? = nil, answers: Double = 1,
            agreement: Double? = nil
        ) {
            self.name = name
            self.x = x
            self.y = y
            self.group = group
            self.answers = answers
            self.agreement = agreement
        }
    }

    public var title: String
    /// The judges.
    public var points: [Point]
    /// What the horizontal axis is.
    public var xAxis: String
    /// What the vertical axis is.
    public var yAxis: String
    /// The most judges that are named in the picture.
    public var labels: Int

    /// Creates a map.
    public init(
        title: String, points: [Point], xAxis: String = "first dimension", yAxis: String = "second dimension",
        labels: Int = 12
    ) {
        self.title = title
        self.points = points
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.labels = labels
    }

    public func image(width: Double) -> SVGImage {
        let width = min(max(280, width), 640)
        let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
        let groups = Self.groups(shown)
        let legend = self.legend(groups, shown, width: width)
        let top = legend.height + 30
        let height = (width * 0.72).rounded()
        let (xs, ys) = domains(shown, aspect: (width - 60) / height)
        let yTicks = Ticks(ys, about: 5), xTicks = Ticks(xs, about: width < 420 ? 4 : 6)
        let left = PlotFrame.labelWidth(yTicks, label: yTicks.label)
        let frame = PlotFrame(
            x: Scale(domain: xs, start: left, end: width - 10),
            y: Scale(domain: ys, start: top + height, end: top))
        var nodes = legend.nodes
        nodes += frame.verticalAxis(title: yAxis, ticks: yTicks, label: yTicks.label)
        nodes += frame.horizontalAxis(title: xAxis, ticks: xTicks, label: xTicks.label)
        let marks = shown.map { point -> (point: Point, x: Double, y: Double, radius: Double) in
            (point: point, x: frame.x(point.x), y: frame.y(point.y), radius: Self.radius(point, shown))
        }
        // The large ones first, so that the small ones lie on top.
        let order = marks.indices.sorted { (marks[$0].radius, $1) > (marks[$1].radius, $0) }
        for index in order {
            let mark = marks[index]
            let group =
                mark.point.group.map { name in groups.firstIndex { NameKey($0) == NameKey(name) } ?? 99 } ?? 0
            nodes.append(
                .group(
                    ChartStyle.series(group),
                    [
                        MarkShape(series: group).node(mark.x, mark.y, radius: mark.radius, "hd-mark")
                            .with("fill-opacity", NumberText.coordinate(Self.fill(mark.point.agreement)))
                    ]
                ).titled(Self.tooltip(mark.point)))
        }
        var placer = LabelPlacer(
            bounds: (left + 2, top, width - 4, top + height), marks: marks.map { ($0.x, $0.y, $0.radius) })
        for index in outstanding(shown) {
            let name = TextMeasure.elide(shown[index].name, size: 11.5, to: 130)
            let place = placer.place(name, beside: (marks[index].x, marks[index].y, marks[index].radius))
            if let place { nodes.append(.text(place.x, place.y, name, "hd-small hd-halo")) }
        }
        return SVGImage(
            width: width, height: top + height + 46, title: title, summary: summary(groups), content: nodes)
    }

    /// The groups, the largest first.
    private static func groups(_ points: [Point]) -> [String] {
        var places: [NameKey: Int] = [:]
        var groups: [(name: String, count: Int)] = []
        for name in points.compactMap(\.group) {
            let place = places[NameKey(name), default: groups.count]
            if place == groups.count {
                places[NameKey(name)] = place
                groups.append((name: name, count: 0))
            }
            groups[place].count += 1
        }
        let order = groups.indices.sorted { (-groups[$0].count, $0) < (-groups[$1].count, $1) }
        return order.map { groups[$0].name }
    }

    /// Domains of the same scale, so that distances mean the same in every direction.
    private func domains(_ points: [Point], aspect: Double) -> (ClosedRange<Double>, ClosedRange<Double>) {
        let xs = ClosedRange.hull(points.map(\.x)).padded(0.08),
            ys = ClosedRange.hull(points.map(\.y)).padded(0.08)
        let w = xs.upperBound - xs.lowerBound, h = ys.upperBound - ys.lowerBound
        let tall = max(h, w / aspect), wide = tall * aspect
        let cx = (xs.lowerBound + xs.upperBound) / 2, cy = (ys.lowerBound + ys.upperBound) / 2
        return ((cx - wide / 2)...(cx + wide / 2), (cy - tall / 2)...(cy + tall / 2))
    }

    private static func radius(_ point: Point, _ points: [Point]) -> Double {
        let most = points.map(\.answers).max() ?? 1
        let least = points.count > 150 ? 2.2 : 3.2
        guard most > 0, point.answers > 0 else { return least }
        return least + 6 * (point.answers / most).squareRoot()
    }

    private static func fill(_ agreement: Double?) -> Double {
        guard let agreement, agreement.isFinite else { return 0.75 }
        return 0.05 + 0.9 * min(max(agreement, 0), 1)
    }

    /// The judges that stand out: far from the middle, or agreeing with nobody, or with most of the answers.
    private func outstanding(_ points: [Point]) -> [Int] {
        guard points.count > labels else { return Array(points.indices) }
        let count = Double(points.count)
        let cx = points.reduce(0) { $0 + $1.x } / count, cy = points.reduce(0) { $0 + $1.y } / count
        let distance = points.map { (($0.x - cx) * ($0.x - cx) + ($0.y - cy) * ($0.y - cy)).squareRoot() }
        let mean = max(distance.reduce(0, +) / count, .leastNormalMagnitude)
        let most = max(points.map(\.answers).max() ?? 1, .leastNormalMagnitude)
        let weight = points.indices.map { index -> Double in
            distance[index] / mean + max(0, 0.5 - (points[index].agreement ?? 0.5)) * 3
                + points[index].answers / most
        }
        return Array(points.indices.sorted { (weight[$1], $0) < (weight[$0], $1) }.prefix(labels))
    }

    private func legend(_ groups: [String], _ points: [Point], width: Double) -> Legend {
        var entries: [Legend.Entry] = []
        for (index, name) in groups.prefix(ChartStyle.colours).enumerated() {
            entries.append(
                Legend.Entry(name: name) { x, y in
                    .group(
                        ChartStyle.series(index),
                        [MarkShape(series: index).node(x, y, radius: 4.6, "hd-mark")])
                })
        }
        if groups.count > ChartStyle.colours {
            entries.append(
                Legend.Entry(name: "\(groups.count - ChartStyle.colours) more groups") {
                    .group("hd-s0", [.circle($0, $1, 4.6, "hd-mark")])
                })
        }
        if points.contains(where: { $0.agreement != nil }) {
            entries.append(
                Legend.Entry(name: "hollow: agrees with few") { x, y in
                    .group("hd-s0", [.circle(x, y, 4.6, "hd-mark").with("fill-opacity", "0.05")])
                })
        }
        return Legend(entries, x: 4, y: 0, width: width - 8)
    }

    private static func tooltip(_ point: Point) -> String {
        var text = point.name
        if let group = point.group { text += ", \(group)" }
        text += ": \(NumberText.count(point.answers)) answers"
        if let agreement = point.agreement { text += ", agreement \(NumberText.fixed(agreement, 2))" }
        return text
    }

    private func summary(_ groups: [String]) -> String {
        if points.isEmpty { return "There is no judge to show." }
        let parts = groups.count > 1 ? " in \(groups.count) groups" : ""
        return "\(points.count) judges\(parts) as points; those that judge alike lie close together."
    }
}
