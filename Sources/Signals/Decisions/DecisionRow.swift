/// What a log of decisions has of one row besides its features.
struct DecisionRow {
    var action: UInt32
    var reward = Double.nan
    var propensity = Double.nan
    var time: Double?
    var weight = 1.0
    var position: Int32 = 0
    var slate: UInt32?
}

extension DecisionLog {
    /// Adds a number to the row that comes next.
    mutating func addFeature(_ code: UInt32, _ value: Double) {
        while features.count < count { features.endRow() }
        features.append(column: Int32(bitPattern: code), value: value)
    }

    /// Adds an action that was possible for the row that comes next.
    mutating func addPossible(_ code: UInt32, _ probability: Double) {
        while possible.count < count { possible.endRow() }
        possible.append(column: Int32(bitPattern: code), value: probability)
    }

    /// Adds the numbers of the possible action that was added last.
    mutating func addActionFeatures(_ numbers: [(code: UInt32, value: Double)]) {
        while actionFeatures.count < possible.columns.count - 1 { actionFeatures.endRow() }
        for (code, value) in numbers { actionFeatures.append(column: Int32(bitPattern: code), value: value) }
        actionFeatures.endRow()
    }

    /// Ends the row that comes next.
    mutating func add(_ row: DecisionRow) {
        action.append(row.action)
        reward.append(row.reward)
        propensity.append(row.propensity)
        if let seconds = row.time { time.append(seconds) } else { time.appendMissing() }
        if row.weight != 1 { weight.append(row.weight) } else { weight.appendMissing() }
        if row.position > 0 { position.append(row.position) } else { position.appendMissing() }
        if let code = row.slate { slate.append(code) } else { slate.appendMissing() }
        endRows()
    }

    /// Ends the rows of features and of possible actions where there are any.
    mutating func endRows() {
        if !features.columns.isEmpty { while features.count < count { features.endRow() } }
        if !possible.columns.isEmpty { while possible.count < count { possible.endRow() } }
        if !actionFeatures.columns.isEmpty {
            while actionFeatures.count < possible.columns.count { actionFeatures.endRow() }
        }
    }
}
