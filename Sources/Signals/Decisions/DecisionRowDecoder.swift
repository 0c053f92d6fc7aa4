/// Adds the records of a table of decisions to a log, without making events of them.
struct DecisionRowDecoder: RowDecoder {
    /// A column of numbers, and its code among the log's features.
    typealias Feature = (column: Int, isExplicit: Bool, name: String, code: UInt32)
    /// A column of categories, and what their names begin with.
    typealias Group = (column: Int, prefix: [UInt8])

    let decoder: DecisionDecoder
    let builder: DecisionBuilder
    let features: [Feature]
    let groups: [Group]
    private var scratch: [UInt8] = []

    init(_ decoder: DecisionDecoder, _ builder: DecisionBuilder) {
        self.decoder = decoder
        self.builder = builder
        features = decoder.extras.features.map {
            ($0.column, $0.isExplicit, $0.name, builder.log.featureNames.intern($0.name))
        }
        groups = decoder.extras.groups.map { ($0.column, Array(($0.name + "=").utf8)) }
    }

    init?(_ recognition: inout Recognition) { return nil }

    var format: FeedbackFormat { decoder.format }
    var extras: Extras { decoder.extras }

    var notes: [String] {
        decoder.notes
            + (groups.isEmpty ? [] : ["a category is a feature of its own, NAME=VALUE, which is 1"])
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        guard let name = row.bytes(decoder.action), let kind = row.cell(decoder.action)?.kind, kind != .list,
            kind != .object
        else {
            _ = try row.text(decoder.action, "action")
            return
        }
        let values = try decoder.values(row)
        let context = decoder.context
        let time =
            try context.seconds == nil ? row.time(context.time) : row.number(context.seconds, "seconds")
        let weight = try row.number(context.weight, "weight") ?? 1
        guard weight >= 0 else {
            throw FieldError(
                "weight", column: context.weight, value: row.text(context.weight) ?? "",
                "a weight is not negative")
        }
        for feature in features where feature.isExplicit {
            _ = try row.number(feature.column, feature.name)
        }
        for feature in features {
            guard let bytes = row.bytes(feature.column), let value = DecimalNumber.value(bytes), value != 0
            else {
                continue
            }
            builder.log.addFeature(feature.code, value)
        }
        for (column, prefix) in groups {
            guard let bytes = row.bytes(column) else { continue }
            scratch.removeAll(keepingCapacity: true)
            scratch.append(contentsOf: prefix)
            scratch.append(contentsOf: bytes)
            let code = scratch.withUnsafeBufferPointer { builder.log.featureNames.intern($0) }
            builder.log.addFeature(code, 1)
        }
        builder.log.add(
            DecisionRow(
                action: builder.log.actions.intern(name), reward: values.reward,
                propensity: values.propensity,
                time: time, weight: weight, position: values.position,
                slate: row.bytes(context.prompt).map { builder.log.slates.intern($0) }))
    }
}
