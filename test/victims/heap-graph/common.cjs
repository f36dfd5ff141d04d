class InCommonModule {}

exports.kept = [];
exports.keep = () => exports.kept.push(new InCommonModule());
