import Foundation
import Preferences
import Tensors

/// Every method on one set of comparisons of texts; the arrays are left for the peers.
struct RealData {
    let pairs: String
    let folder: String
    let encoder: String?

    func run() throws {
        let records = try PairFile().read([pairs])
        var (recipe, encode): (FeatureRecipe, TextEncoder?) = (records.recipe, nil)
        if let encoder {
            let loaded = try SentenceEncoder(contentsOf: URL(fileURLWithPath: encoder))
            recipe = FeatureRecipe(.encoder(folder: encoder, width: loaded.width))
            encode = { try loaded.encode($0) }
        }
        let bare = HonestSplit(try records.comparisons(), seed: 1)
        let features = try records.fitted(recipe, on: bare.train, encoder: encode)
        let split = HonestSplit(try records.comparisons(features), seed: 1)
        try leave(split)

        var methods: [[String: Any]] = []
        var baseline: HeldOutReport?
        for kind in LearnerKind.all where kind.lacks(split.train) == nil {
            let model = try kind.train(split.train, 1, FitWatch())
            let report = try HeldOutReport(
                model, on: split.test, units: split.testUnits, isNewJudge: split.isNewJudge)
            var row: [String: Any] = [
                "name": kind.id, "accuracy": report.all.accuracy, "logLoss": report.all.logLoss,
            ]
            if let range = report.all.accuracyInterval {
                row["interval"] = [range.lowerBound, range.upperBound]
            }
            if let worst = report.worst { row["worst"] = worst.accuracy }
            if let baseline {
                let gain = ReportDifference(report, over: baseline, data: split.test, units: split.testUnits)
                if let range = gain.logLossInterval {
                    row["gain"] = [gain.logLoss, range.lowerBound, range.upperBound]
                }
            } else {
                baseline = report
            }
            methods.append(row)
        }
        let answer: [String: Any] = [
            "train": split.train.count, "test": split.test.count, "unit": split.unit,
            "features": features.width,
            "kind": recipe.source.kind, "methods": methods,
        ]
        print(String(decoding: try JSONSerialization.data(withJSONObject: answer), as: UTF8.self))
    }

    private func leave(_ split: HonestSplit) throws {
        let ridge = LinearReward().ridge
        let isSparse = split.train.items.features.isSparse
        let shape: [String: Any] = [
            "sparse": isSparse, "features": split.train.items.features.columns, "ridge": ridge,
        ]
        try JSONSerialization.data(withJSONObject: shape).write(to: url("shape.json"))
        for (name, data) in [("train", split.train), ("test", split.test)] {
            try write(data.labels, "\(name).labels")
            try write(data.weights, "\(name).weights")
            let differences = data.differences()
            if isSparse {
                var (ends, columns, values): ([Int], [Int], [Double]) = ([], [], [])
                for place in 0..<data.count {
                    for (column, value) in differences.row(place).enumerated() where value != 0 {
                        columns.append(column)
                        values.append(value)
                    }
                    ends.append(columns.count)
                }
                try write(ends, "\(name).ends")
                try write(columns, "\(name).columns")
                try write(values, "\(name).values")
            } else {
                try write(differences.dense, "\(name).values")
                try write(data.first.dense, "\(name).first")
                try write(data.second.dense, "\(name).second")
            }
            try write((0..<data.count).map { data.prompt($0) ?? $0 }, "\(name).units")
        }
    }

    private func url(_ name: String) -> URL { URL(fileURLWithPath: folder).appendingPathComponent(name) }

    private func write<T>(_ values: [T], _ name: String) throws {
        try values.withUnsafeBytes { try Data($0).write(to: url(name + ".bin")) }
    }
}
